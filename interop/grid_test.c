/* SPDX-License-Identifier: MIT
 *
 * Which cells there are, and why some are not run. */
#include "base/test.h"

#include "interop/fake_peers.h"
#include "interop/grid.h"

static void make_peers(struct fake_peers *fake)
{
    fake_begin(fake, "# the cases\none\ntwo\n\ncancel_one\n");
    fake_add(fake, "both", FAKE_SERVER FAKE_CLIENT);
    fake_add(fake, "client",
             FAKE_CLIENT "skip_client=two too much\nvacuous_client=cancel_* void\n");
    fake_add(fake, "traced", FAKE_SERVER "trace=--trace\nskip_tls=no TLS\nskip_server=one why\n");
    fake_add(fake, "absent", FAKE_SERVER "check=exit 1\n");
    fake_add(fake, "middle", "kind=proxy\nproxy=p {port} {backend_port}\nskip_server=one box\n");
    fake_load(fake);
}

/* All ids, each with why it is skipped. */
static void put_cells(const struct grid *grid, struct buf *out)
{
    for (size_t i = 0; i < grid->cell_count; i++) {
        const char *why = grid->cells[i].skip_why;
        buf_printf(out, "%s%s%s\n", grid->cells[i].id + strlen("interop/"), why ? ": " : "",
                   why ? why : "");
    }
}

static struct globs one_glob(const char *glob)
{
    struct globs globs = {.count = glob ? 1 : 0};
    globs.glob[0] = glob;
    return globs;
}

static void cells_are_selected(void **state)
{
    (void)state;
    static const struct row {
        const char *client, *server, *test_case, *via;
        bool no_plaintext, no_tls;
        const char *cells;
    } rows[] = {
        {"both", "both", "one", NULL, false, false, "both/both/one\nboth/both/one/tls\n"},
        {"both", "both", "t*", NULL, true, false, "both/both/two/tls\n"},
        {"client", "both", NULL, NULL, false, true,
         "client/both/one\nclient/both/two: too much\nclient/both/cancel_one: void\n"},
        {"client", "traced", NULL, NULL, false, true, /* there is a wire to look at */
         "client/traced/one: why\nclient/traced/two: too much\nclient/traced/cancel_one\n"},
        {"both", "traced", "two", NULL, false, false,
         "both/traced/two\nboth/traced/two/tls: no TLS\n"},
        {"both", "absent", "two", NULL, false, true,
         "both/absent/two: absent is not installed: make it\n"},
        {"both", "both", "*", "middle", false, true,
         "both/both/one/via/middle: box\nboth/both/two/via/middle\n"
         "both/both/cancel_one/via/middle\n"},
        {"both", "both", "two", "mid*", true, false,
         "both/both/two/tls/via/middle: the proxy's manifest has no proxy_tls\n"},
        {NULL, "both", "two", NULL, false, true, "both/both/two\nclient/both/two: too much\n"},
    };
    struct fake_peers fake;
    make_peers(&fake);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct grid_selection selection = {
            .clients = one_glob(rows[i].client),
            .servers = one_glob(rows[i].server),
            .cases = one_glob(rows[i].test_case),
            .via = rows[i].via,
            .no_plaintext = rows[i].no_plaintext,
            .no_tls = rows[i].no_tls,
        };
        struct grid grid;
        struct buf cells = {0};
        char why[512] = "";
        assert_true(grid_check_selection(&selection, &fake.peers, why));
        assert_true(grid_make(&grid, &selection, &fake.peers, true, why));
        put_cells(&grid, &cells);
        assert_string_equal(buf_str(&cells), rows[i].cells);
        buf_clear(&cells);
        grid_clear(&grid);
    }
    fake_end(&fake);
}

static void a_name_that_is_none_is_told(void **state)
{
    (void)state;
    static const struct row {
        const char *client, *server, *test_case, *via, *why;
    } rows[] = {
        {"bothh", NULL, NULL, NULL, "--client: no client is called 'bothh'; did you mean 'both'?"},
        {"traced", NULL, NULL, NULL, "--client: no client is called 'traced'; --list shows all"},
        {NULL, "client", NULL, NULL, "--server: no server is called 'client'; --list shows all"},
        {NULL, NULL, "tow", NULL, "--case: no test case is called 'tow'; --list shows all"},
        {NULL, NULL, "cancel_on", NULL,
         "--case: no test case is called 'cancel_on'; did you mean 'cancel_one'?"},
        {NULL, NULL, NULL, "both", "--via: no proxy is called 'both'; --list shows all"},
    };
    struct fake_peers fake;
    make_peers(&fake);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct grid_selection selection = {
            .clients = one_glob(rows[i].client),
            .servers = one_glob(rows[i].server),
            .cases = one_glob(rows[i].test_case),
            .via = rows[i].via,
        };
        char why[512] = "";
        assert_false(grid_check_selection(&selection, &fake.peers, why));
        assert_string_equal(why, rows[i].why);
    }
    fake_end(&fake);
}

static void without_certificates_there_is_no_tls(void **state)
{
    (void)state;
    struct grid_selection selection = {.clients = one_glob("both"),
                                       .servers = one_glob("both"),
                                       .cases = one_glob("one"),
                                       .no_plaintext = true};
    struct fake_peers fake;
    struct grid grid;
    char why[512];
    make_peers(&fake);
    assert_true(grid_make(&grid, &selection, &fake.peers, false, why));
    assert_non_null(strstr(grid.cells[0].skip_why, "certificates are not on this machine"));
    grid_clear(&grid);
    fake_end(&fake);
}

static void servers_alone_can_be_asked_for(void **state)
{
    (void)state;
    struct grid_selection selection = {.only_servers = true, .no_tls = true};
    struct fake_peers fake;
    struct grid grid;
    char why[512];
    make_peers(&fake);
    assert_true(grid_make(&grid, &selection, &fake.peers, true, why));
    assert_int_equal(grid.cell_count, 0);
    assert_int_equal(grid.server_count, 3);
    assert_string_equal(grid.servers[0].skip_why, "absent is not installed: make it");
    assert_null(grid.servers[1].skip_why);
    grid_clear(&grid);
    fake_end(&fake);
}

static void a_folder_without_peers_is_told(void **state)
{
    (void)state;
    struct places places;
    struct peers peers;
    char why[1024];
    assert_false(places_find(&places, "/nonexistent/peers", NULL, why));
    assert_string_equal(why, "no folder of peers; tried /nonexistent/peers. Name it by --peers DIR "
                             "or $GRPCSPEC_PEERS");
    places_clear(&places);
    assert_false(peers_load(&peers, "/proc/self/fd", why));
    assert_string_equal(why, "no folder in /proc/self/fd has a file 'manifest'");
    peers_clear(&peers);
}

/* A server that cases name has these and no others; and no proxy before it. */
static void cases_of_one_server_are_its_own(void **state)
{
    (void)state;
    static const struct row {
        const char *via, *cells, *commands;
    } rows[] = {
        {NULL,
         "plain/bad/ping: its stack publishes no client for the negative HTTP/2 cases (the "
         "manifest "
         "has no client_http2)\nplain/bad/padding\n"
         "with/bad/ping\nwith/bad/padding\n"
         "plain/server/one\nwith/server/one\n",
         "ping-, padding-p one, ping-h ping, padding-w one, one-p one, one-w one, "},
        {"box", "plain/server/one/via/box\nwith/server/one/via/box\n", "one-p one, one-w one, "},
    };
    struct fake_peers fake;
    fake_begin(&fake, "one\nping bad\npadding bad one\n");
    fake_add(&fake, "bad", FAKE_SERVER);
    fake_add(&fake, "server", FAKE_SERVER);
    fake_add(&fake, "plain", "client=p {port} {case}\n");
    fake_add(&fake, "with", "client=w {port} {case}\nclient_http2=h {port} {case}\n");
    fake_add(&fake, "box", "kind=proxy\nproxy=p {port} {backend_port}\n");
    fake_load(&fake);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct grid_selection selection = {.no_tls = true, .via = rows[i].via};
        struct grid grid;
        struct buf cells = {0}, commands = {0};
        char why[512] = "";
        assert_true(grid_make(&grid, &selection, &fake.peers, true, why));
        put_cells(&grid, &cells);
        for (size_t k = 0; k < grid.cell_count; k++) {
            const struct cell *cell = &grid.cells[k];
            buf_printf(&commands, "%s-%.1s%s%s, ", cell->test_case,
                       cell->command ? cell->command : "", cell->command ? " " : "",
                       cell->command ? cell->asked : "");
        }
        assert_string_equal(buf_str(&cells), rows[i].cells);
        assert_string_equal(buf_str(&commands), rows[i].commands);
        buf_clear(&cells);
        buf_clear(&commands);
        grid_clear(&grid);
    }
    fake_end(&fake);
}

static void known_failures_are_found(void **state)
{
    (void)state;
    struct fake_peers fake;
    struct grid grid;
    struct buf known = {0};
    struct grid_selection selection = {.no_tls = true, .via = NULL};
    char why[512] = "";
    fake_begin(&fake, "one\ntwo\n");
    fake_add(&fake, "a", FAKE_CLIENT FAKE_SERVER "known_client=one@b with b\n");
    fake_add(&fake, "b", FAKE_SERVER "known_server=t* always\n");
    fake_load(&fake);
    assert_true(grid_make(&grid, &selection, &fake.peers, true, why));
    for (size_t i = 0; i < grid.cell_count; i++)
        if (grid.cells[i].known_why)
            buf_printf(&known, "%s by %s: %s\n", grid.cells[i].id, grid.cells[i].known_by,
                       grid.cells[i].known_why);
    assert_string_equal(buf_str(&known), "interop/a/b/one by a: with b\n"
                                         "interop/a/b/two by b: always\n");
    buf_clear(&known);
    grid_clear(&grid);
    fake_end(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_selected),
        cmocka_unit_test(a_name_that_is_none_is_told),
        cmocka_unit_test(without_certificates_there_is_no_tls),
        cmocka_unit_test(servers_alone_can_be_asked_for),
        cmocka_unit_test(a_folder_without_peers_is_told),
        cmocka_unit_test(cases_of_one_server_are_its_own),
        cmocka_unit_test(known_failures_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
