/* SPDX-License-Identifier: MIT
 *
 * Manifests: what is read, and that each mistake is told with its line and what to do. */
#include "base/test.h"

#include "interop/manifest.h"

#include <stdio.h>

#define HEAD   "name=x\nversion=1\ninstall=apt-get install x\n"
#define SERVER "server=s --port={port}\n"
#define CLIENT "client=c {port} {case}\n"

static void everything_is_read(void **state)
{
    (void)state;
    static const char text[] = "# a comment = not a key\n\n" HEAD SERVER CLIENT
                               "about=one = two\ncheck=test -x {bin}/x\nready=port listening on\n"
                               "trace=--trace\nskip_tls=its own CA\n"
                               "skip_client=ping_pong why not\nskip_client=cancel_* too early\n"
                               "skip_server=* no server\nvacuous_client=rpc_soak always passes\n"
                               "known_client=a@go,j* wrong with these\nknown_client=b wrong\n"
                               "known_server=c@ruby ours\nclient_http2=h {port} {case}";
    struct manifest m = {0};
    char why[512];
    assert_true(manifest_parse(&m, "x/manifest", bytes_str(text), why));
    assert_string_equal(m.name, "x");
    assert_string_equal(m.about, "one = two");
    assert_string_equal(m.server, "s --port={port}");
    assert_string_equal(m.check, "test -x {bin}/x");
    assert_string_equal(m.trace, "--trace");
    assert_string_equal(m.skip_tls, "its own CA");
    assert_int_equal(m.kind, KIND_PEER);
    assert_int_equal(m.ready, READY_PORT);
    assert_string_equal(m.ready_text, "listening on");
    assert_string_equal(remarks_find(&m.skip_client, "ping_pong", "x"), "why not");
    assert_string_equal(remarks_find(&m.skip_client, "cancel_after_begin", "x"), "too early");
    assert_null(remarks_find(&m.skip_client, "empty_unary", "x"));
    assert_string_equal(remarks_find(&m.skip_server, "anything", "x"), "no server");
    assert_string_equal(remarks_find(&m.vacuous_client, "rpc_soak", "x"), "always passes");
    assert_string_equal(remarks_find(&m.known_client, "a", "java"), "wrong with these");
    assert_null(remarks_find(&m.known_client, "a", "gopher"));
    assert_string_equal(remarks_find(&m.known_client, "b", "any"), "wrong");
    assert_string_equal(remarks_find(&m.known_server, "c", "ruby"), "ours");
    assert_string_equal(m.client_http2, "h {port} {case}");
    manifest_clear(&m);
}

static void a_proxy_is_read(void **state)
{
    (void)state;
    static const char text[] = HEAD "kind=proxy\nproxy=nginx -c {config}\nconfig=nginx.conf\n"
                                    "proxy_tls=p {port} {backend_port}\nready=line up\n";
    struct manifest m = {0};
    char why[512];
    assert_true(manifest_parse(&m, "x/manifest", bytes_str(text), why));
    assert_int_equal(m.kind, KIND_PROXY);
    assert_string_equal(m.config, "nginx.conf");
    assert_int_equal(m.ready, READY_LINE);
    manifest_clear(&m);
}

static void a_mistake_is_told(void **state)
{
    (void)state;
    static const struct row {
        const char *text, *why;
    } rows[] = {
        {"serber=x\n", "m:1: unknown key 'serber'; did you mean 'server'?"},
        {"zzzzzzzzz=x\n", "m:1: unknown key 'zzzzzzzzz'; interop/README.md has the keys"},
        {"\n#\nname\n", "m:3: no '=': a line is key=value, or starts with '#'"},
        {"name=x\r\n", "m:1: a control character; save it as plain text with Unix line ends"},
        {"name=\n", "m:1: 'name' has no value; leave the line out"},
        {"=x\n", "m:1: unknown key ''; interop/README.md has the keys"},
        {"name=x\nabout=y\nname=z\n", "m:3: 'name' comes twice, first in line 1; keep one"},
        {"skip_client=ping_pong\n",
         "m:1: skip_client wants a case, a space, and why: 'skip_client=CASE WHY'"},
        {"skip_server= why\n",
         "m:1: skip_server wants a case, a space, and why: 'skip_server=CASE WHY'"},
        {"kind=middlebox\n", "m:1: kind is peer or proxy"},
        {"ready=soon\n", "m:1: ready is 'tcp', 'line TEXT' (it prints a line with TEXT) or 'port "
                         "TEXT' (and the port ends that line)"},
        {"ready=line\n", "m:1: ready is 'tcp', 'line TEXT' (it prints a line with TEXT) or 'port "
                         "TEXT' (and the port ends that line)"},
        {"server=s {prot}\n", "m:1: nothing is put in for {prot}; the words are {host} {port} "
                              "{backend_port} {case} {tls} {cert} {key} {ca} {bin} {cache} {peer} "
                              "{dir} {config}"},
        {"", "m: 'name' is missing; add name=FOLDER"},
        {"name=x\n", "m: 'version' is missing; add the version that it was written for"},
        {"name=x\nversion=1\n", "m: 'install' is missing; add the command that installs it"},
        {HEAD, "m: neither 'server' nor 'client': add the command of one, or kind=proxy"},
        {HEAD "server=s\n", "m: 'server' does not say {port}: the runner chooses where it listens"},
        {HEAD "client=c {port}\n", "m: 'client' must say {port} and {case}"},
        {HEAD SERVER "config=x\n",
         "m: 'proxy' and 'config' are for kind=proxy; add it, or leave them out"},
        {HEAD "kind=proxy\n", "m: a proxy needs 'proxy' or 'proxy_tls', the command that runs it"},
        {HEAD "kind=proxy\nproxy=p {port} {backend_port}\n" SERVER,
         "m: a proxy has no 'server' and no 'client'; leave them out, or leave out kind=proxy"},
        {HEAD "kind=proxy\nproxy=p {port}\n",
         "m: 'proxy' must say {port} and {backend_port}, or use a 'config' that does"},
        {HEAD "kind=proxy\nproxy=p\nconfig=f\n",
         "m: there is a 'config', but the command does not say {config}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct manifest m = {0};
        char why[512] = "";
        struct bytes text = guard(bytes_str(rows[i].text));
        assert_false(manifest_parse(&m, "m", text, why));
        assert_string_equal(why, rows[i].why);
        manifest_clear(&m);
        unguard(text);
    }
}

static void a_shells_braces_are_left_alone(void **state)
{
    (void)state;
    static const char text[] = HEAD "server=A=${a:-1} B=${home} awk '{ print }' {port}\n";
    struct manifest m = {0};
    char why[512];
    assert_true(manifest_parse(&m, "m", bytes_str(text), why));
    manifest_clear(&m);
}

static void too_little_memory_is_told(void **state)
{
    (void)state;
    static const char text[] = HEAD SERVER "ready=line x\nskip_client=a b\nskip_client=c@e,f d\n";
    for (size_t n = 0;; n++) {
        struct manifest m = {0};
        char why[512];
        fail_allocation(n);
        bool ok = manifest_parse(&m, "m", bytes_str(text), why);
        bool failed = stop_failing();
        manifest_clear(&m);
        if (!failed) {
            assert_true(ok);
            break;
        }
    }
}

static void a_missing_file_is_told(void **state)
{
    (void)state;
    struct manifest m = {0};
    char why[512];
    assert_false(manifest_load(&m, "/nonexistent", why));
    assert_string_equal(why, "cannot read /nonexistent/manifest: No such file or directory");
    manifest_clear(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(a_proxy_is_read),
        cmocka_unit_test(a_mistake_is_told),
        cmocka_unit_test(a_shells_braces_are_left_alone),
        cmocka_unit_test(too_little_memory_is_told),
        cmocka_unit_test(a_missing_file_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
