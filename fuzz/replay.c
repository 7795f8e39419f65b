/* SPDX-License-Identifier: MIT
 *
 * The main() of a harness without libFuzzer: hands it each file named on the command line, and each
 * file in each folder named, once. It does not fuzz.
 *
 *     NAME_fuzzer FILE-OR-FOLDER...
 *     NAME_fuzzer --reach LIST FOLDER    each line of LIST, `SEED: event, event`, names what must
 *                                        happen when that file of FOLDER is replayed */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static size_t replayed;
static size_t failed;

static void complain(const char *path)
{
    fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
    failed++;
}

/* All of a file; false when it cannot be read. */
static bool read_file(const char *path, struct buf *content)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (size_t n = 1; n > 0; content->len += n) {
        uint8_t *at = buf_reserve(content, 65536);
        n = at ? fread(at, 1, 65536, file) : 0;
    }
    bool whole = !ferror(file) && !content->failed;
    fclose(file);
    return whole;
}

/* From a block exactly as large, so that a sanitizer sees the first octet too far. */
static void run_harness(struct bytes input)
{
    uint8_t *exact = malloc(input.len ? input.len : 1);
    must(exact != NULL, "there is memory for the input");
    if (input.len)
        memcpy(exact, input.data, input.len);
    (void)LLVMFuzzerTestOneInput(exact, input.len);
    replayed++;
    free(exact);
}

static void replay_file(const char *path)
{
    struct buf content = {0};
    if (read_file(path, &content))
        run_harness(buf_view(&content));
    else
        complain(path);
    buf_clear(&content);
}

static void replay(const char *path);

static void replay_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder) {
        complain(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        struct buf inner = {0};
        buf_printf(&inner, "%s/%s", path, entry->d_name);
        replay(buf_str(&inner));
        buf_clear(&inner);
    }
    closedir(folder);
}

static void replay(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0)
        complain(path);
    else if (S_ISDIR(about.st_mode))
        replay_folder(path);
    else
        replay_file(path);
}

/* ---- reachability ---- */

static struct bytes trimmed(struct bytes text)
{
    while (text.len && text.data[0] == ' ')
        text = bytes_skip(text, 1);
    return text;
}

/* The events behind the colon; each must have been told to reach(). */
static void check_events(const char *seed, struct bytes events)
{
    while (events.len > 0) {
        struct buf name = {0};
        buf_put(&name, trimmed(take_until(&events, ',')));
        if (name.len > 0 && !was_reached(buf_str(&name))) {
            fprintf(stderr, "reach: the seed %s no longer reaches \"%s\"\n", seed, buf_str(&name));
            failed++;
        }
        buf_clear(&name);
    }
}

static void check_line(struct bytes line, const char *folder)
{
    struct buf seed = {0};
    struct buf path = {0};
    buf_put(&seed, take_until(&line, ':'));
    buf_printf(&path, "%s/%s", folder, buf_str(&seed));
    forget_reached();
    replay(buf_str(&path));
    check_events(buf_str(&seed), line);
    buf_clear(&seed);
    buf_clear(&path);
}

static int check_reach(const char *list, const char *folder)
{
    struct buf content = {0};
    if (!read_file(list, &content))
        complain(list);
    for (struct bytes left = buf_view(&content); left.len > 0;) {
        struct bytes line = take_until(&left, '\n');
        if (line.len > 0 && line.data[0] != '#')
            check_line(line, folder);
    }
    if (replayed == 0)
        failed++; /* a list that names nothing checks nothing */
    printf("reach: %zu seeds, %zu complaints\n", replayed, failed);
    buf_clear(&content);
    return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--reach") == 0)
        return check_reach(argv[2], argv[3]);
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    if (argc < 2)
        printf("replay: no files named, nothing done\n");
    else
        printf("replay: %zu inputs, nothing found\n", replayed);
    return failed ? 1 : 0;
}
