/* SPDX-License-Identifier: MIT
 *
 * The main() of a harness without libFuzzer: hands it each file named on the command line, and each
 * file in each folder named, once. It does not fuzz. */
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

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    if (argc < 2)
        printf("replay: no files named, nothing done\n");
    else
        printf("replay: %zu inputs, nothing found\n", replayed);
    return failed ? 1 : 0;
}
