/* SPDX-License-Identifier: MIT
 *
 * The certificates verify as what they are for, and nothing is left behind. */
#include "base/test.h"

#include "wire/certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static X509 *read_cert(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    X509 *cert = PEM_read_X509(file, NULL, NULL, NULL);
    fclose(file);
    assert_non_null(cert);
    return cert;
}

static bool verifies(const struct certificates *made, const char *path, int purpose)
{
    X509 *cert = read_cert(path);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    assert_int_equal(X509_STORE_load_file(store, made->ca_file), 1);
    assert_int_equal(X509_STORE_CTX_init(context, store, cert, NULL), 1);
    X509_STORE_CTX_set_purpose(context, purpose);
    bool ok = X509_verify_cert(context) == 1;
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    X509_free(cert);
    return ok;
}

static void each_is_for_its_purpose(void **state)
{
    (void)state;
    struct certificates made;
    char why[256];
    assert_true(certificates_make(&made, why));
    assert_true(verifies(&made, made.server_cert_file, X509_PURPOSE_SSL_SERVER));
    assert_true(verifies(&made, made.client_cert_file, X509_PURPOSE_SSL_CLIENT));
    assert_false(verifies(&made, made.client_cert_file, X509_PURPOSE_SSL_SERVER));
    assert_false(verifies(&made, made.server_cert_file, X509_PURPOSE_SSL_CLIENT));
    certificates_remove(&made);
}

static void the_server_has_the_names_of_this_machine(void **state)
{
    (void)state;
    struct certificates made;
    char why[256];
    assert_true(certificates_make(&made, why));
    X509 *cert = read_cert(made.server_cert_file);
    assert_int_equal(X509_check_host(cert, "localhost", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(cert, "127.0.0.1", 0), 1);
    assert_int_equal(X509_check_ip_asc(cert, "::1", 0), 1);
    assert_int_equal(X509_check_host(cert, "example.com", 0, 0, NULL), 0);
    X509_free(cert);
    certificates_remove(&made);
}

static void what_no_client_may_accept(void **state)
{
    (void)state;
    struct certificates made;
    char why[256];
    assert_true(certificates_make(&made, why));
    X509 *wrong_name = read_cert(made.wrong_name_cert_file);
    X509 *expired = read_cert(made.expired_cert_file);
    X509 *untrusted = read_cert(made.untrusted_cert_file);
    X509 *ca = read_cert(made.ca_file);
    assert_int_equal(X509_check_host(wrong_name, "localhost", 0, 0, NULL), 0);
    assert_int_equal(X509_check_host(expired, "localhost", 0, 0, NULL), 1);
    assert_true(X509_cmp_current_time(X509_get0_notAfter(expired)) < 0);
    assert_true(X509_cmp_current_time(X509_get0_notAfter(wrong_name)) > 0);
    assert_int_equal(X509_check_issued(ca, wrong_name), X509_V_OK);
    assert_int_not_equal(X509_check_issued(ca, untrusted), X509_V_OK);
    X509_free(wrong_name);
    X509_free(expired);
    X509_free(untrusted);
    X509_free(ca);
    certificates_remove(&made);
}

static void nothing_is_left_behind(void **state)
{
    (void)state;
    struct certificates made;
    struct stat info;
    char why[256], folder[80];
    assert_true(certificates_make(&made, why));
    assert_int_equal(stat(made.server_key_file, &info), 0);
    assert_int_equal(info.st_mode & 077, 0);
    memcpy(folder, made.folder, sizeof folder);
    certificates_remove(&made);
    assert_int_not_equal(stat(folder, &info), 0);
    certificates_remove(&made); /* twice is nothing */
}

static void a_folder_that_cannot_be_made_is_an_error(void **state)
{
    (void)state;
    struct certificates made;
    char why[256] = "";
    const char *was = getenv("TMPDIR");
    char kept[256] = "";
    if (was)
        snprintf(kept, sizeof kept, "%s", was);
    setenv("TMPDIR", "/nowhere", 1);
    assert_false(certificates_make(&made, why));
    assert_string_equal(why, "cannot make a folder for certificates below /nowhere");
    if (was)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_for_its_purpose),
        cmocka_unit_test(the_server_has_the_names_of_this_machine),
        cmocka_unit_test(what_no_client_may_accept),
        cmocka_unit_test(nothing_is_left_behind),
        cmocka_unit_test(a_folder_that_cannot_be_made_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
