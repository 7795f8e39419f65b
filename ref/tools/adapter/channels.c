/* SPDX-License-Identifier: MIT
 *
 * See channels.h. */
#include "tools/adapter/channels.h"

#include "tools/adapter/pem.h"

#include "base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct known_channel {
    struct buf key; /* see put_key */
    struct gr_channel *channel;
    struct pem ca, cert, client_key; /* read with the first connection */
    struct known_channel *next;
};

static struct bytes octets(ProtobufCBinaryData data)
{
    return bytes_of(data.data, data.len);
}

/* All that makes one channel differ from another: the target up to the newline, then what is to be trusted and
 * shown. */
static void put_key(struct buf *key, const CC(ClientCompatRequest) * request)
{
    buf_printf(key, "%s:%" PRIu32 "\n", request->host, request->port);
    buf_put(key, octets(request->server_tls_cert));
    if (request->client_tls_creds != NULL)
        buf_put(key, octets(request->client_tls_creds->cert));
}

static void free_known(struct known_channel *known)
{
    if (known->channel != NULL)
        gr_channel_free(known->channel);
    pem_remove(&known->ca);
    pem_remove(&known->cert);
    pem_remove(&known->client_key);
    buf_clear(&known->key);
    free(known);
}

static bool write_credentials(struct known_channel *known, const CC(ClientCompatRequest) * request)
{
    const CC(TLSCreds) *creds = request->client_tls_creds;

    if (!pem_write(&known->ca, octets(request->server_tls_cert)))
        return false;
    return creds == NULL || (pem_write(&known->cert, octets(creds->cert)) &&
                             pem_write(&known->client_key, octets(creds->key)));
}

static bool connect_known(struct known_channel *known, struct gr_loop *loop,
                          const CC(ClientCompatRequest) * request)
{
    char target[300];

    put_key(&known->key, request);
    if (known->key.failed || !write_credentials(known, request))
        return false;
    snprintf(target, sizeof(target), "%s:%" PRIu32, request->host, request->port);
    const struct gr_tls_options tls = {
        .ca_file = pem_path(&known->ca),
        .cert_file = pem_path(&known->cert),
        .key_file = pem_path(&known->client_key),
    };
    const struct gr_channel_options options = {
        .loop = loop,
        .tls = request->server_tls_cert.len > 0 ? &tls : NULL,
    };
    known->channel = gr_channel_new(target, &options);
    return known->channel != NULL;
}

struct gr_channel *channels_find(struct channels *channels, const CC(ClientCompatRequest) * request)
{
    struct buf key = {0};
    struct known_channel *known;

    put_key(&key, request);
    for (known = channels->first; known != NULL; known = known->next) {
        if (bytes_equal(buf_view(&known->key), buf_view(&key)))
            break;
    }
    buf_clear(&key);
    if (known != NULL)
        return known->channel;
    known = calloc(1, sizeof(*known));
    if (known == NULL)
        return NULL;
    if (!connect_known(known, channels->loop, request)) {
        free_known(known);
        return NULL;
    }
    known->next = channels->first;
    channels->first = known;
    return known->channel;
}

void channels_clear(struct channels *channels)
{
    while (channels->first != NULL) {
        struct known_channel *known = channels->first;
        channels->first = known->next;
        free_known(known);
    }
}
