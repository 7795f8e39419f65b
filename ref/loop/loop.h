/* SPDX-License-Identifier: MIT
 *
 * struct gr_loop: libuv's loop, and the list of those who want to write before it sleeps. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include "base/buf.h"
#include "base/clock.h"
#include "grpcref.h"

#include <pthread.h>
#include <signal.h>
#include <uv.h>

#define LOOP_READ_SIZE 65536

/* Somebody who wants a word before the loop sleeps. All zeros wants none. */
struct loop_job {
    void (*run)(struct loop_job *job);
    bool queued;
    struct loop_job *next, *prev;
};

/* What gr_loop_post was given. */
struct loop_post {
    void (*run)(void *data);
    void *data;
    struct loop_post *next;
};

struct gr_loop {
    uv_loop_t uv;
    uv_idle_t idle;    /* active while jobs wait: then the loop does not sleep */
    uv_idle_t spinner; /* active after octets came, until spin_until */
    gr_time spin_until;
    int64_t spin_ns; /* 0: none */
    uv_timer_t turn; /* of gr_loop_turn */
    struct loop_job *first, *last;
    uv_async_t posted; /* there is a post */
    pthread_mutex_t post_lock;
    struct loop_post *posts, **posts_end; /* oldest first; under the lock */
    size_t users;                         /* servers and channels that live on it */
    bool turning;                         /* within a turn: a callback may be running */
    uint8_t read_buffer[LOOP_READ_SIZE];  /* every read is eaten before the next one */
    struct buf plain;                     /* the same, deciphered */
    bool write_failed;                    /* there may be a SIGPIPE */
};

/* Around uv_run: libuv writes by write(), which raises SIGPIPE when the peer is gone. */
void loop_block_pipe(sigset_t *before);
void loop_unblock_pipe(struct gr_loop *loop, const sigset_t *before);
/* uv_run between these two. */
void loop_turn(struct gr_loop *loop, uv_run_mode mode);
/* Poll for so long before a sleep, if nobody has asked for longer. 0: sleep at once. */
void loop_set_spin(struct gr_loop *loop, int64_t spin_ns);
/* Octets came or went: from now on. */
void loop_stay_awake(struct gr_loop *loop);
/* Run the job once, soon. No effect when it is queued already. */
void loop_queue(struct gr_loop *loop, struct loop_job *job);
void loop_unqueue(struct gr_loop *loop, struct loop_job *job);

#endif
