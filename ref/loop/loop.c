/* SPDX-License-Identifier: MIT
 *
 * The loop of grpcref.h. */
#include "loop/loop.h"

#include "base/contract.h"

#include <stdlib.h>
#include <time.h>

static void run_jobs(uv_idle_t *idle)
{
    struct gr_loop *loop = idle->data;
    struct loop_job *last =
        loop->last; /* those queued from here on have their turn in the next round */
    bool more = loop->first != NULL;

    while (more && loop->first) {
        struct loop_job *job = loop->first;
        more = job != last;
        loop_unqueue(loop, job);
        job->run(job);
    }
    if (!loop->first)
        uv_idle_stop(idle);
}

void loop_queue(struct gr_loop *loop, struct loop_job *job)
{
    if (job->queued)
        return;
    job->queued = true;
    job->next = NULL;
    job->prev = loop->last;
    *(loop->last ? &loop->last->next : &loop->first) = job;
    loop->last = job;
    uv_idle_start(&loop->idle, run_jobs);
}

void loop_unqueue(struct gr_loop *loop, struct loop_job *job)
{
    if (!job->queued)
        return;
    job->queued = false;
    *(job->prev ? &job->prev->next : &loop->first) = job->next;
    *(job->next ? &job->next->prev : &loop->last) = job->prev;
}

/* ---- Posts, of any thread -------------------------------------------------------------------- */

static struct loop_post *take_posts(struct gr_loop *loop)
{
    struct loop_post *posts;

    pthread_mutex_lock(&loop->post_lock);
    posts = loop->posts;
    loop->posts = NULL;
    loop->posts_end = &loop->posts;
    pthread_mutex_unlock(&loop->post_lock);
    return posts;
}

static void run_posts(struct gr_loop *loop)
{
    struct loop_post *post = take_posts(loop), *next;

    for (; post; post = next) {
        next = post->next;
        post->run(post->data);
        free(post);
    }
}

static void on_posted(uv_async_t *async)
{
    run_posts(async->data);
}

int gr_loop_post(struct gr_loop *loop, void (*run)(void *data), void *data)
{
    struct loop_post *post = malloc(sizeof(*post));

    if (!post)
        return GR_NOMEM;
    *post = (struct loop_post){run, data, NULL};
    pthread_mutex_lock(&loop->post_lock);
    *loop->posts_end = post;
    loop->posts_end = &post->next;
    pthread_mutex_unlock(&loop->post_lock);
    uv_async_send(&loop->posted);
    return 0;
}

/* ---- Turning --------------------------------------------------------------------------------- */

static void add_pipe(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

void loop_block_pipe(sigset_t *before)
{
    sigset_t pipe;

    add_pipe(&pipe);
    pthread_sigmask(SIG_BLOCK, &pipe, before);
}

/* It is raised on the thread that writes, so that one that came is taken off before the mask is what it was. */
void loop_unblock_pipe(struct gr_loop *loop, const sigset_t *before)
{
    static const struct timespec now = {0, 0};
    sigset_t pipe;

    if (sigismember(before, SIGPIPE))
        return;
    add_pipe(&pipe);
    if (loop->write_failed)
        (void)sigtimedwait(&pipe, NULL, &now);
    loop->write_failed = false;
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

void loop_turn(struct gr_loop *loop, uv_run_mode mode)
{
    bool within = loop->turning;
    sigset_t before;

    loop->turning = true;
    loop_block_pipe(&before);
    uv_run(&loop->uv, mode);
    loop_unblock_pipe(loop, &before);
    loop->turning = within;
}

void loop_set_spin(struct gr_loop *loop, int64_t spin_ns)
{
    if (loop->spin_ns < spin_ns)
        loop->spin_ns = spin_ns;
}

/* An active idle handle is all that it takes: libuv polls and does not sleep. */
static void on_spin(uv_idle_t *spinner)
{
    struct gr_loop *loop = spinner->data;

    if (clock_now_ns() >= loop->spin_until)
        uv_idle_stop(spinner);
}

void loop_stay_awake(struct gr_loop *loop)
{
    if (loop->spin_ns == 0)
        return;
    loop->spin_until = clock_now_ns() + loop->spin_ns;
    uv_idle_start(&loop->spinner, on_spin);
}

/* ---- Life ------------------------------------------------------------------------------------ */

/* Waiting for posts alone keeps no loop alive. */
static bool init_posts(struct gr_loop *loop)
{
    loop->posts_end = &loop->posts;
    loop->posted.data = loop;
    if (uv_async_init(&loop->uv, &loop->posted, on_posted) != 0)
        return false;
    uv_unref((uv_handle_t *)&loop->posted);
    pthread_mutex_init(&loop->post_lock, NULL);
    return true;
}

struct gr_loop *gr_loop_new(void)
{
    struct gr_loop *loop = calloc(1, sizeof(*loop));

    if (!loop)
        return NULL;
    if (uv_loop_init(&loop->uv) != 0) {
        free(loop);
        return NULL;
    }
    if (!init_posts(loop)) {
        uv_loop_close(&loop->uv);
        free(loop);
        return NULL;
    }
    uv_idle_init(&loop->uv, &loop->idle);
    uv_idle_init(&loop->uv, &loop->spinner);
    uv_unref((uv_handle_t *)&loop->spinner); /* as the posts: it keeps no loop alive */
    loop->idle.data = loop->spinner.data = loop;
    uv_timer_init(&loop->uv, &loop->turn);
    return loop;
}

void gr_loop_free(struct gr_loop *loop)
{
    if (!loop)
        return;
    CONTRACT(loop->users == 0, "its servers and channels must have been freed before");
    CONTRACT(!loop->turning, "not from a callback on this loop");
    run_posts(loop);
    uv_close((uv_handle_t *)&loop->posted, NULL);
    uv_close((uv_handle_t *)&loop->idle, NULL);
    uv_close((uv_handle_t *)&loop->spinner, NULL);
    uv_close((uv_handle_t *)&loop->turn, NULL);
    while (uv_loop_close(&loop->uv) == UV_EBUSY)
        loop_turn(loop, UV_RUN_ONCE);
    pthread_mutex_destroy(&loop->post_lock);
    buf_clear(&loop->plain);
    free(loop);
}

void gr_loop_run(struct gr_loop *loop)
{
    if (loop->turning)
        return;
    loop->turning = true;
    run_posts(loop);
    loop_turn(loop, UV_RUN_DEFAULT);
    loop->turning = false;
}

void gr_loop_stop(struct gr_loop *loop)
{
    uv_stop(&loop->uv);
}

/* Only there to end uv_run's sleep. */
static void on_timeout(uv_timer_t *timer)
{
    uv_stop(timer->loop); /* it may fire before the turn has come to sleeping */
}

static bool turn(struct gr_loop *loop, int64_t timeout_ns)
{
    if (!uv_loop_alive(&loop->uv)) /* then libuv does not look */
        run_posts(loop);
    if (timeout_ns <= 0) {
        loop_turn(loop, UV_RUN_NOWAIT);
        return uv_loop_alive(&loop->uv) != 0;
    }
    if (!uv_loop_alive(&loop->uv))
        return false;
    uv_update_time(&loop->uv);
    if (timeout_ns != TIME_NEVER)
        uv_timer_start(&loop->turn, on_timeout,
                       (uint64_t)((timeout_ns + NS_PER_MS - 1) / NS_PER_MS), 0);
    loop_turn(loop, UV_RUN_ONCE);
    uv_timer_stop(&loop->turn);
    if (loop->first) /* a timer's RST_STREAM, for one: nobody may turn again for long */
        run_jobs(&loop->idle);
    return uv_loop_alive(&loop->uv) != 0;
}

/* libuv cannot turn a loop within its own turn, and neither can a link that waits for its callback to return. */
bool gr_loop_turn(struct gr_loop *loop, int64_t timeout_ns)
{
    bool more;

    if (loop->turning)
        return false;
    loop->turning = true;
    more = turn(loop, timeout_ns);
    loop->turning = false;
    return more;
}
