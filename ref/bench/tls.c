/* SPDX-License-Identifier: MIT
 *
 * See tls.h. */
#define _GNU_SOURCE
#include "tls.h"

#include <openssl/ssl.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/ref-bench-XXXXXX";
static bool made;

struct ssl_st *tls_begin(int fd)
{
    static SSL_CTX *context; /* as long as the program */
    SSL *tls;

    if (!context)
        context = SSL_CTX_new(TLS_client_method());
    tls = context ? SSL_new(context) : NULL;
    if (!tls)
        return NULL;
    if (SSL_set_alpn_protos(tls, (const unsigned char *)"\2h2", 3) == 0 &&
        SSL_set_fd(tls, fd) == 1 && SSL_connect(tls) == 1)
        return tls;
    SSL_free(tls);
    return NULL;
}

void tls_end(struct ssl_st *tls)
{
    SSL_free(tls);
}

ssize_t tls_send(struct ssl_st *tls, const void *from, size_t len)
{
    size_t sent;

    return SSL_write_ex(tls, from, len, &sent) == 1 ? (ssize_t)sent : -1;
}

ssize_t tls_recv(struct ssl_st *tls, void *to, size_t room)
{
    size_t got;

    return SSL_read_ex(tls, to, room, &got) == 1 ? (ssize_t)got : -1;
}

bool tls_more(const struct ssl_st *tls)
{
    return SSL_pending(tls) > 0;
}

const char *tls_make_certificate(void)
{
    char command[256];

    if (!made && !mkdtemp(folder))
        return NULL;
    made = true;
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
             "/CN=localhost -keyout %s/key.pem -out %s/cert.pem 2>/dev/null",
             folder, folder);
    return system(command) == 0 ? folder : NULL;
}

void tls_drop_certificate(void)
{
    char path[64];

    if (!made)
        return;
    snprintf(path, sizeof path, "%s/key.pem", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/cert.pem", folder);
    unlink(path);
    rmdir(folder);
}
