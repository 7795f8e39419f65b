// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"connectrpc.com/connect"
	testpb "google.golang.org/grpc/interop/grpc_testing"
)

var (
	soakIterations   = flag.Int("soak_iterations", 10, "calls to make")
	soakMaxFailures  = flag.Int("soak_max_failures", 0, "how many of them may fail")
	soakMaxLatencyMs = flag.Int("soak_per_iteration_max_acceptable_latency_ms", 1000, "a slower call has failed")
	soakTimeout      = flag.Int("soak_overall_timeout_seconds", 10, "for all calls")
	soakPauseMs      = flag.Int("soak_min_time_ms_between_rpcs", 0, "from the begin of a call to the next")
	soakRequestSize  = flag.Int("soak_request_size", 271828, "octets of the payload there")
	soakResponseSize = flag.Int("soak_response_size", 314159, "octets of the payload back")
)

func iteration(ctx context.Context, peer *peer) error {
	request := &testpb.SimpleRequest{ResponseSize: int32(*soakResponseSize), Payload: zeros(*soakRequestSize)}
	response, err := peer.unaryCall().CallUnary(ctx, connect.NewRequest(request))
	if err != nil {
		return expectOK("UnaryCall", err)
	}
	return expectPayload("UnaryCall", response.Msg.GetPayload(), *soakResponseSize)
}

func milliseconds(count int) time.Duration {
	return time.Duration(count) * time.Millisecond
}

// soak makes many large calls one after the other; connection gives the peer for each.
func soak(ctx context.Context, connection func() (*peer, error)) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(*soakTimeout)*time.Second)
	defer cancel()
	failures := 0
	for done := range *soakIterations {
		if ctx.Err() != nil {
			return fmt.Errorf("time is up: expected %d iterations, seen %d", *soakIterations, done)
		}
		began := time.Now()
		peer, err := connection()
		if err != nil {
			return err
		}
		err = iteration(ctx, peer)
		took := time.Since(began)
		if err != nil || took > milliseconds(*soakMaxLatencyMs) {
			failures++
			fmt.Fprintf(os.Stderr, "iteration %d: %v after %v\n", done, err, took)
		}
		time.Sleep(milliseconds(*soakPauseMs) - took)
	}
	if failures > *soakMaxFailures {
		return fmt.Errorf("%d of %d iterations failed or were too slow", failures, *soakIterations)
	}
	return nil
}

func rpcSoak(ctx context.Context, server *peer) error {
	return soak(ctx, func() (*peer, error) { return server, nil })
}

func channelSoak(ctx context.Context, server *peer) error {
	return soak(ctx, func() (*peer, error) {
		server.close()
		var err error
		server, err = newPeer()
		return server, err
	})
}
