/* SPDX-License-Identifier: MIT
 *
 * For tests: certificates made on the spot, in a folder of their own; make_files and remove_files are a group's set-up
 * and tear-down. The one for "server.test" and 127.0.0.1 serves as a client's too. All static. */
#ifndef LOOP_TEST_CERTS_H
#define LOOP_TEST_CERTS_H

#include "base/test.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/tls_test.XXXXXX";
static char ca[64], cert[64], key[64], other_ca[64], expired[64];

static void add_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
}

static X509 *make_certificate(const char *name, EVP_PKEY *own, X509 *issuer, EVP_PKEY *issuer_key,
                              long days)
{
    static long serial = 1;
    X509 *x509 = X509_new();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
    X509_gmtime_adj(X509_getm_notBefore(x509), -7200);
    X509_gmtime_adj(X509_getm_notAfter(x509), days * 86400 - 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(issuer ? issuer : x509));
    X509_set_pubkey(x509, own);
    if (issuer)
        add_extension(x509, issuer, NID_subject_alt_name, "DNS:server.test,IP:127.0.0.1");
    else
        add_extension(x509, x509, NID_basic_constraints, "critical,CA:TRUE");
    assert_true(X509_sign(x509, issuer_key, EVP_sha256()) > 0);
    return x509;
}

static void write_certificate(const char *path, X509 *x509)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    PEM_write_X509(file, x509);
    fclose(file);
}

static void write_key(const char *path, EVP_PKEY *pkey)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    PEM_write_PrivateKey(file, pkey, NULL, NULL, 0, NULL, NULL);
    fclose(file);
}

static int make_files(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(ca, sizeof ca, "%s/ca.pem", folder);
    snprintf(cert, sizeof cert, "%s/cert.pem", folder);
    snprintf(key, sizeof key, "%s/key.pem", folder);
    snprintf(other_ca, sizeof other_ca, "%s/other.pem", folder);
    snprintf(expired, sizeof expired, "%s/expired.pem", folder);

    EVP_PKEY *ca_key = EVP_RSA_gen(2048), *own = EVP_RSA_gen(2048);
    X509 *authority = make_certificate("test ca", ca_key, NULL, ca_key, 1);
    X509 *leaf = make_certificate("server", own, authority, ca_key, 1);
    X509 *late = make_certificate("server", own, authority, ca_key, 0);
    X509 *stranger = make_certificate("other ca", own, NULL, own, 1);
    write_certificate(ca, authority);
    write_certificate(cert, leaf);
    write_certificate(expired, late);
    write_certificate(other_ca, stranger);
    write_key(key, own);
    X509_free(authority);
    X509_free(leaf);
    X509_free(late);
    X509_free(stranger);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(own);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    const char *files[] = {ca, cert, key, other_ca, expired};
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        unlink(files[i]);
    return rmdir(folder);
}

#endif
