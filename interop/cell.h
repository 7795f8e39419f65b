/* SPDX-License-Identifier: MIT
 *
 * One cell: a client runs one test case against a server that is ready, and what came out is
 * judged, by the client's exit status and, where a side can show its frames, by these. */
#ifndef INTEROP_CELL_H
#define INTEROP_CELL_H

#include "interop/grid.h"
#include "interop/serving.h"
#include "reports/model.h"

/* What all cells of a run have in common. Borrowed. */
struct cell_settings {
    const struct places *places;
    const struct grid *grid;
    int64_t timeout_ns; /* for a client */
    atomic_int *stop;
};

struct cell_outcome {
    bool stopped; /* not to be counted: *stop came first */
    bool silent;  /* nothing to judge by this time; another try may show more */
    bool shown;   /* one side's frames show the test case */
    enum report_verdict verdict;
    struct buf seen;  /* a sentence */
    struct buf notes; /* lines: the command, and what the programs printed last */
    struct buf log;   /* everything the client printed, and the server where it is its own */
    struct buf trace; /* the frames, by the client where it prints them, else the server */
    bool by_client;   /* the client did */
};

/* Does the cell need a server of its own, so that the frames are this cell's alone? */
bool cell_wants_own_server(const struct grid *grid, const struct cell *cell);
/* Run it. serving: ready; when it is the cell's own, it is ended (not freed) afterwards, and its
 * frames are judged. outcome: all zeros before; cell_outcome_clear(). */
void cell_run(const struct cell_settings *settings, const struct cell *cell,
              struct serving *serving, bool own, struct cell_outcome *outcome);
void cell_outcome_clear(struct cell_outcome *outcome);

#endif
