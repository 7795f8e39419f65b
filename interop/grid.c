/* SPDX-License-Identifier: MIT
 *
 * Making the cells; see grid.h. */
#include "interop/grid.h"

#include "run/text_match.h"

#include <stdio.h>
#include <stdlib.h>

#define NO_CERTS                                                                                   \
    "the gRPC project's test certificates are not on this machine; Debian's ruby-grpc "            \
    "has them, or name their folder by --certs"

bool globs_match(const struct globs *globs, const char *text)
{
    for (size_t i = 0; i < globs->count; i++)
        if (glob_matches(globs->glob[i], text))
            return true;
    return globs->count == 0;
}

/* ---- the selection ---- */

static bool is_client(const struct peer *peer)
{
    return peer->manifest.client != NULL;
}

static bool is_server(const struct peer *peer)
{
    return peer->manifest.server != NULL;
}

static bool is_proxy(const struct peer *peer)
{
    return peer->manifest.kind == KIND_PROXY;
}

/* Does the glob match a peer of this role? Offers the names otherwise. */
static bool matches_peer(const struct peers *peers, const char *glob,
                         bool (*role)(const struct peer *peer), struct nearest *nearest)
{
    for (size_t i = 0; i < peers->count; i++) {
        if (!role(&peers->items[i]))
            continue;
        if (glob_matches(glob, peers->items[i].manifest.name))
            return true;
        nearest_offer(nearest, glob, peers->items[i].manifest.name);
    }
    return false;
}

static void complain_of(const char *option, const char *glob, const char *what,
                        const struct nearest *nearest, char why[static 512])
{
    if (nearest->name)
        snprintf(why, 512, "%s: no %s is called '%.100s'; did you mean '%s'?", option, what, glob,
                 nearest->name);
    else
        snprintf(why, 512, "%s: no %s is called '%.100s'; --list shows all", option, what, glob);
}

static bool check_peers(const struct globs *globs, const struct peers *peers,
                        bool (*role)(const struct peer *peer), const char *option, const char *what,
                        char why[static 512])
{
    for (size_t i = 0; i < globs->count; i++) {
        struct nearest nearest = {0};
        if (matches_peer(peers, globs->glob[i], role, &nearest))
            continue;
        complain_of(option, globs->glob[i], what, &nearest, why);
        return false;
    }
    return true;
}

static bool check_cases(const struct globs *globs, const struct peers *peers, char why[static 512])
{
    for (size_t i = 0; i < globs->count; i++) {
        struct nearest nearest = {0};
        bool found = false;
        for (size_t k = 0; k < peers->case_count && !found; k++) {
            found = glob_matches(globs->glob[i], peers->cases[k].name);
            nearest_offer(&nearest, globs->glob[i], peers->cases[k].name);
        }
        if (found)
            continue;
        complain_of("--case", globs->glob[i], "test case", &nearest, why);
        return false;
    }
    return true;
}

bool grid_check_selection(const struct grid_selection *selection, const struct peers *peers,
                          char why[static 512])
{
    struct globs via = {.count = selection->via ? 1 : 0};
    via.glob[0] = selection->via;
    return check_peers(&selection->clients, peers, is_client, "--client", "client", why) &&
           check_peers(&selection->servers, peers, is_server, "--server", "server", why) &&
           check_peers(&via, peers, is_proxy, "--via", "proxy", why) &&
           check_cases(&selection->cases, peers, why);
}

bool grid_wants(const struct grid_selection *selection, const struct peer *peer)
{
    const char *name = peer->manifest.name;
    if (is_proxy(peer))
        return selection->via && glob_matches(selection->via, name);
    return (is_client(peer) && !selection->only_servers &&
            globs_match(&selection->clients, name)) ||
           (is_server(peer) && !selection->only_clients && globs_match(&selection->servers, name));
}

/* ---- why not ---- */

static const char *skip_tls_why(const struct grid_server *server, bool has_certs)
{
    const struct peer *front = server->proxy ? server->proxy : server->server;
    if (!server->tls)
        return NULL;
    if (front->manifest.skip_tls)
        return front->manifest.skip_tls;
    return has_certs ? NULL : NO_CERTS;
}

static const char *skip_proxy_why(const struct grid_server *server)
{
    if (!server->proxy)
        return NULL;
    if (server->proxy->absent)
        return server->proxy->absent_why;
    if (server->tls && !server->proxy->manifest.proxy_tls)
        return "the proxy's manifest has no proxy_tls";
    if (!server->tls && !server->proxy->manifest.proxy)
        return "the proxy's manifest has no command for cleartext";
    return NULL;
}

/* Why it is not started at all. */
static const char *skip_server_why(const struct grid_server *server, bool has_certs)
{
    const char *why = server->server->absent ? server->server->absent_why : NULL;
    if (!why)
        why = skip_proxy_why(server);
    return why ? why : skip_tls_why(server, has_certs);
}

#define NO_HTTP2_CLIENT                                                                            \
    "its stack publishes no client for the negative HTTP/2 cases (the manifest has no "            \
    "client_http2)"

/* Is there no wire to look at, and the client passes whatever happens? */
static const char *vacuous_why(const struct peer *client, const struct peer *server,
                               const char *test_case)
{
    if (client->manifest.trace || server->manifest.trace)
        return NULL;
    return remarks_find(&client->manifest.vacuous_client, test_case, server->manifest.name);
}

static const char *skip_case_why(const struct grid_server *server, const struct peer *client,
                                 const struct peer_case *test_case)
{
    const char *name = test_case->name;
    const char *client_name = client->manifest.name, *server_name = server->server->manifest.name;
    const char *why = remarks_find(&client->manifest.skip_client, name, server_name);
    if (!why && test_case->server && !test_case->asked && !client->manifest.client_http2)
        why = NO_HTTP2_CLIENT;
    if (!why)
        why = remarks_find(&server->server->manifest.skip_server, name, client_name);
    if (!why && server->proxy)
        why = remarks_find(&server->proxy->manifest.skip_server, name, client_name);
    return why ? why : vacuous_why(client, server->server, name);
}

static const char *skip_why(const struct grid_server *server, const struct peer *client,
                            const struct peer_case *test_case)
{
    const char *why = client->absent ? client->absent_why : server->skip_why;
    if (!why && server->tls)
        why = client->manifest.skip_tls;
    return why ? why : skip_case_why(server, client, test_case);
}

/* ---- known failures ---- */

/* Does the peer's manifest say that the cell fails? Then that is kept. */
static bool knows(struct cell *cell, const struct peer *peer,
                  const struct manifest_remarks *remarks, const char *other)
{
    cell->known_why = remarks_find(remarks, cell->test_case, other);
    cell->known_by = cell->known_why ? peer->manifest.name : NULL;
    return cell->known_why != NULL;
}

static void find_known(struct cell *cell, const struct grid_server *served)
{
    const struct peer *client = cell->client, *server = served->server, *proxy = served->proxy;
    if (knows(cell, client, &client->manifest.known_client, server->manifest.name) ||
        knows(cell, server, &server->manifest.known_server, client->manifest.name))
        return;
    if (proxy)
        knows(cell, proxy, &proxy->manifest.known_server, client->manifest.name);
}

/* ---- making it ---- */

struct making {
    struct grid *grid;
    const struct grid_selection *selection;
    const struct peers *peers;
    bool has_certs;
    bool failed; /* out of memory */
};

static void add_cell(struct making *making, const struct peer *client,
                     const struct peer_case *test_case)
{
    struct grid *grid = making->grid;
    struct cell *cells = realloc(grid->cells, (grid->cell_count + 1) * sizeof(*cells));
    if (!cells) {
        making->failed = true;
        return;
    }
    grid->cells = cells;
    const struct grid_server *server = &grid->servers[grid->server_count - 1];
    struct cell *cell = &cells[grid->cell_count++];
    *cell = (struct cell){
        .client = client,
        .server = grid->server_count - 1,
        .test_case = test_case->name,
        .asked = test_case->asked ? test_case->asked : test_case->name,
        .command = test_case->server && !test_case->asked ? client->manifest.client_http2
                                                          : client->manifest.client,
        /* A server with cases of its own sends more frames than a client's trace could keep. */
        .client_traced = client->manifest.trace && !test_case->server,
        .skip_why = skip_why(server, client, test_case),
    };
    find_known(cell, server);
    snprintf(cell->id, sizeof(cell->id), "interop/%.40s/%.40s/%.50s%s%s%.40s",
             client->manifest.name, server->server->manifest.name, test_case->name,
             server->tls ? "/tls" : "", server->proxy ? "/via/" : "",
             server->proxy ? server->proxy->manifest.name : "");
}

static bool add_server(struct making *making, const struct peer *server, const struct peer *proxy,
                       bool tls)
{
    struct grid *grid = making->grid;
    struct grid_server *servers = realloc(grid->servers,
                                          (grid->server_count + 1) * sizeof(*servers));
    if (!servers) {
        making->failed = true;
        return false;
    }
    grid->servers = servers;
    servers[grid->server_count++] = (struct grid_server){server, proxy, tls, NULL};
    struct grid_server *added = &servers[grid->server_count - 1];
    added->skip_why = skip_server_why(added, making->has_certs);
    return true;
}

static void add_cells(struct making *making, const struct peer *server, const struct peer *proxy,
                      bool tls)
{
    const struct grid_selection *selection = making->selection;
    const struct peers *peers = making->peers;
    if (!add_server(making, server, proxy, tls))
        return;
    for (size_t i = 0; i < peers->count && !selection->only_servers; i++) {
        const struct peer *client = &peers->items[i];
        if (!is_client(client) || !globs_match(&selection->clients, client->manifest.name))
            continue;
        for (size_t k = 0; k < peers->case_count; k++)
            if (globs_match(&selection->cases, peers->cases[k].name) &&
                peers_have_cell(peers, &peers->cases[k], server->manifest.name))
                add_cell(making, client, &peers->cases[k]);
    }
}

/* Directly, or through each proxy that --via names. A server with test cases of its own is about the
 * connection to it, so no proxy can stand before it, and no suite asks it. */
static void add_ways(struct making *making, const struct peer *server, bool tls)
{
    const struct peers *peers = making->peers;
    const char *via = making->selection->via;
    if (peers_own_cases(peers, server->manifest.name) && (via || making->selection->only_servers))
        return;
    if (!via)
        add_cells(making, server, NULL, tls);
    for (size_t i = 0; via && i < peers->count; i++)
        if (is_proxy(&peers->items[i]) && glob_matches(via, peers->items[i].manifest.name))
            add_cells(making, server, &peers->items[i], tls);
}

static void add_client(struct making *making, const struct peer *client, bool tls)
{
    struct grid *grid = making->grid;
    struct grid_client *clients = realloc(grid->clients,
                                          (grid->client_count + 1) * sizeof(*clients));
    if (!clients) {
        making->failed = true;
        return;
    }
    const char *why = client->absent ? client->absent_why : NULL;
    if (!why && tls)
        why = client->manifest.skip_tls;
    if (!why && tls && !making->has_certs)
        why = NO_CERTS;
    grid->clients = clients;
    clients[grid->client_count++] = (struct grid_client){client, tls, why};
}

static void add_clients(struct making *making)
{
    const struct grid_selection *selection = making->selection;
    for (size_t i = 0; i < making->peers->count; i++) {
        const struct peer *client = &making->peers->items[i];
        if (!is_client(client) || !globs_match(&selection->clients, client->manifest.name))
            continue;
        if (!selection->no_plaintext)
            add_client(making, client, false);
        if (!selection->no_tls)
            add_client(making, client, true);
    }
}

bool grid_make(struct grid *grid, const struct grid_selection *selection, const struct peers *peers,
               bool has_certs, char why[static 512])
{
    struct making making = {grid, selection, peers, has_certs, false};
    *grid = (struct grid){0};
    if (selection->only_clients)
        add_clients(&making);
    for (size_t i = 0; i < peers->count && !selection->only_clients; i++) {
        const struct peer *server = &peers->items[i];
        if (!is_server(server) || !globs_match(&selection->servers, server->manifest.name))
            continue;
        if (!selection->no_plaintext)
            add_ways(&making, server, false);
        if (!selection->no_tls)
            add_ways(&making, server, true);
    }
    if (making.failed)
        snprintf(why, 512, "out of memory");
    bool empty = selection->only_clients   ? grid->client_count == 0
                 : selection->only_servers ? grid->server_count == 0
                                           : grid->cell_count == 0;
    if (empty && !making.failed)
        snprintf(why, 512, "nothing is selected");
    return !making.failed && !empty;
}

void grid_clear(struct grid *grid)
{
    free(grid->servers);
    free(grid->cells);
    free(grid->clients);
    *grid = (struct grid){0};
}
