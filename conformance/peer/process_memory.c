/* SPDX-License-Identifier: MIT
 *
 * How much memory a process has resident, from /proc; see own_target.h. Other systems have no /proc: not known. */
#include "base/attr.h"
#include "peer/own_target.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sanitizer's shadow makes the address space that large; its quarantine keeps what was freed. */
#define SHADOWED_KIB (INT64_C(1) << 33)

static const struct memory not_known = {-1, -1};

/* "VmRSS:\t  1234 kB" to 1234; -1 when the line is another. */
static int64_t kib_of(const char *line, const char *name)
{
    size_t len = strlen(name);
    return strncmp(line, name, len) == 0 ? strtoll(line + len, NULL, 10) : -1;
}

static bool is_collected(const char *line)
{
    return strcmp(line, "Name:\tjava\n") == 0 || strcmp(line, "Name:\tnode\n") == 0;
}

static struct memory of_one(int pid)
{
    char path[64], line[256];
    struct memory memory = not_known;
    bool counts = true;
    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return not_known;
    while (fgets(line, sizeof(line), file)) {
        int64_t now = kib_of(line, "VmRSS:"), peak = kib_of(line, "VmHWM:");
        memory.now = now >= 0 ? now * 1024 : memory.now;
        memory.peak = peak >= 0 ? peak * 1024 : memory.peak;
        counts = counts && !is_collected(line) && kib_of(line, "VmSize:") < SHADOWED_KIB;
    }
    fclose(file);
    return counts ? memory : not_known;
}

/* The process group of a process: the third number behind the name, which stands in parentheses. */
static int group_of(int pid)
{
    char path[64], line[512] = "", state;
    int parent, group = -1;
    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    const char *behind = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
    fclose(file);
    return behind && sscanf(behind + 1, " %c %d %d", &state, &parent, &group) == 3 ? group : -1;
}

static struct memory of_group(int leader)
{
    struct memory sum = {0, 0};
    DIR *folder = opendir("/proc");
    if (!folder)
        return not_known;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        int pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;
        if (pid <= 0 || group_of(pid) != leader)
            continue;
        struct memory one = of_one(pid);
        sum = one.now < 0 || sum.now < 0 ? not_known
                                         : (struct memory){sum.now + one.now, sum.peak + one.peak};
    }
    closedir(folder);
    return sum.now > 0 ? sum : not_known;
}

struct memory process_memory(int pid, bool group)
{
    return group ? of_group(pid) : of_one(pid);
}
