/* SPDX-License-Identifier: MIT
 *
 * Making certificates with OpenSSL; see certificates.h. */
#include "wire/certificates.h"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY_S    (24L * 60 * 60)
#define VALID_S  (7 * DAY_S)
#define RSA_BITS 2048

/* A key and what names it. */
struct identity {
    EVP_PKEY *key;
    X509 *cert;
};

static void identity_clear(struct identity *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->cert);
    *identity = (struct identity){NULL, NULL};
}

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool ok = extension && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

static bool set_random_serial(X509 *cert)
{
    uint8_t octets[8];
    BIGNUM *number = RAND_bytes(octets, sizeof octets) == 1 ? BN_bin2bn(octets, sizeof octets, NULL)
                                                            : NULL;
    bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
    BN_free(number);
    return ok;
}

static bool set_name(X509_NAME *name, const char *common_name)
{
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"grpcspec",
                                      -1, -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common_name,
                                      -1, -1, 0) == 1;
}

struct wanted {
    const char *common_name, *constraints, *usage, *purpose, *names; /* NULL: no such extension */
    bool expired;
};

static bool add_extensions(X509 *cert, X509 *issuer, const struct wanted *wanted)
{
    return add_extension(cert, issuer, NID_subject_key_identifier, "hash") &&
           add_extension(cert, issuer, NID_basic_constraints, wanted->constraints) &&
           add_extension(cert, issuer, NID_key_usage, wanted->usage) &&
           (!wanted->purpose || add_extension(cert, issuer, NID_ext_key_usage, wanted->purpose)) &&
           (!wanted->names || add_extension(cert, issuer, NID_subject_alt_name, wanted->names));
}

/* identity->key is there; ca: who signs, NULL: itself. */
static bool certify(struct identity *identity, const struct identity *ca,
                    const struct wanted *wanted)
{
    identity->cert = X509_new();
    X509 *cert = identity->cert;
    if (!cert)
        return false;
    X509 *issuer = ca ? ca->cert : cert;
    return X509_set_version(cert, X509_VERSION_3) == 1 && set_random_serial(cert) &&
           X509_gmtime_adj(X509_getm_notBefore(cert), wanted->expired ? -VALID_S : -DAY_S) &&
           X509_gmtime_adj(X509_getm_notAfter(cert), wanted->expired ? -DAY_S : VALID_S) &&
           X509_set_pubkey(cert, identity->key) == 1 &&
           set_name(X509_get_subject_name(cert), wanted->common_name) &&
           X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
           add_extensions(cert, issuer, wanted) &&
           X509_sign(cert, ca ? ca->key : identity->key, EVP_sha256()) > 0;
}

/* ---- files ---- */

/* Only for our own eyes: the server's key is in one of them. */
static FILE *create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd < 0 ? NULL : fdopen(fd, "w");
}

static bool write_cert(const char *path, X509 *cert)
{
    FILE *file = create(path);
    bool ok = file && PEM_write_X509(file, cert) == 1;
    return (!file || fclose(file) == 0) && ok;
}

static bool write_key(const char *path, EVP_PKEY *key)
{
    FILE *file = create(path);
    bool ok = file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1;
    return (!file || fclose(file) == 0) && ok;
}

static bool name_files(struct certificates *made, char why[static 256])
{
    const char *temp = getenv("TMPDIR");
    int len = snprintf(made->folder, sizeof made->folder, "%s/grpcspec-XXXXXX",
                       temp && *temp ? temp : "/tmp");
    if (len < 0 || (size_t)len >= sizeof made->folder || !mkdtemp(made->folder)) {
        (void)snprintf(why, 256, "cannot make a folder for certificates below %.120s",
                       temp && *temp ? temp : "/tmp");
        made->folder[0] = '\0';
        return false;
    }
    (void)snprintf(made->ca_file, sizeof made->ca_file, "%s/ca.pem", made->folder);
    (void)snprintf(made->server_cert_file, sizeof made->server_cert_file, "%s/server.pem",
                   made->folder);
    (void)snprintf(made->server_key_file, sizeof made->server_key_file, "%s/server.key",
                   made->folder);
    (void)snprintf(made->wrong_name_cert_file, sizeof made->wrong_name_cert_file,
                   "%s/wrong-name.pem", made->folder);
    (void)snprintf(made->expired_cert_file, sizeof made->expired_cert_file, "%s/expired.pem",
                   made->folder);
    (void)snprintf(made->untrusted_cert_file, sizeof made->untrusted_cert_file, "%s/untrusted.pem",
                   made->folder);
    (void)snprintf(made->client_cert_file, sizeof made->client_cert_file, "%s/client.pem",
                   made->folder);
    (void)snprintf(made->client_key_file, sizeof made->client_key_file, "%s/client.key",
                   made->folder);
    return true;
}

/* ---- the whole ---- */

static const struct wanted of_ca = {
    "grpcspec CA", "critical,CA:TRUE", "critical,keyCertSign,cRLSign", NULL, NULL, false};
static const struct wanted of_server = {"localhost",
                                        "critical,CA:FALSE",
                                        "critical,digitalSignature,keyEncipherment",
                                        "serverAuth",
                                        "DNS:localhost,IP:127.0.0.1,IP:::1",
                                        false};
static const struct wanted of_client = {"grpcspec client",           "critical,CA:FALSE",
                                        "critical,digitalSignature", "clientAuth",
                                        "DNS:client.localhost",      false};

/* Another certificate for the server's key, in its own file. */
static bool make_variant(const char *file, const struct identity *server, const struct identity *ca,
                         const char *names, bool expired)
{
    struct wanted wanted = of_server;
    struct identity variant = {server->key, NULL};
    wanted.names = names;
    wanted.expired = expired;
    bool ok = certify(&variant, ca, &wanted) && write_cert(file, variant.cert);
    X509_free(variant.cert);
    return ok;
}

static bool make_variants(const struct certificates *made, const struct identity *server,
                          const struct identity *ca)
{
    return make_variant(made->wrong_name_cert_file, server, ca, "DNS:elsewhere.example", false) &&
           make_variant(made->expired_cert_file, server, ca, of_server.names, true) &&
           make_variant(made->untrusted_cert_file, server, NULL, of_server.names, false);
}

static bool make_all(const struct certificates *made, struct identity *ca, struct identity *server,
                     struct identity *client)
{
    ca->key = EVP_EC_gen("P-256");
    server->key = EVP_RSA_gen(RSA_BITS);
    client->key = EVP_EC_gen("P-256");
    return ca->key && server->key && client->key && certify(ca, NULL, &of_ca) &&
           certify(server, ca, &of_server) && certify(client, ca, &of_client) &&
           make_variants(made, server, ca) && write_cert(made->ca_file, ca->cert) &&
           write_cert(made->server_cert_file, server->cert) &&
           write_key(made->server_key_file, server->key) &&
           write_cert(made->client_cert_file, client->cert) &&
           write_key(made->client_key_file, client->key);
}

bool certificates_make(struct certificates *made, char why[static 256])
{
    struct identity ca = {NULL, NULL}, server = {NULL, NULL}, client = {NULL, NULL};
    *made = (struct certificates){.folder = ""};
    if (!name_files(made, why))
        return false;
    bool ok = make_all(made, &ca, &server, &client);
    identity_clear(&ca);
    identity_clear(&server);
    identity_clear(&client);
    if (!ok) {
        (void)snprintf(why, 256, "cannot make certificates in %.100s", made->folder);
        certificates_remove(made);
    }
    return ok;
}

void certificates_remove(struct certificates *made)
{
    const char *files[] = {made->ca_file,           made->server_cert_file,
                           made->server_key_file,   made->wrong_name_cert_file,
                           made->expired_cert_file, made->untrusted_cert_file,
                           made->client_cert_file,  made->client_key_file};
    if (!made->folder[0])
        return;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        (void)unlink(files[i]);
    (void)rmdir(made->folder);
    made->folder[0] = '\0';
}
