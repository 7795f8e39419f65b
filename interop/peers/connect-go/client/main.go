// SPDX-License-Identifier: MIT

// The client of the connect-go peer: the official interop cases on connect-go and net/http's HTTP/2.
//
//	client --server_host=H --server_port=N --server_host_override=NAME --use_tls=true|false --use_test_ca=true|false
//	       --ca_file=PEM --test_case=CASE [--soak_...=N]
//
// Exits 0 and says "OK: CASE" when the case passed, 1 with a sentence when it failed, 2 for a wrong command line, and
// 127 for a case that it does not have: which, and why, is in the peer's manifest.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
)

var (
	serverHost = flag.String("server_host", "localhost", "where the server is")
	serverPort = flag.Int("server_port", 8080, "its port")
	override   = flag.String("server_host_override", "", "what the server is called in TLS and in :authority")
	useTLS     = flag.Bool("use_tls", false, "TLS rather than cleartext")
	useTestCA  = flag.Bool("use_test_ca", false, "trust --ca_file, and no other")
	caFile     = flag.String("ca_file", "", "certificates to trust, PEM")
	testCase   = flag.String("test_case", "large_unary", "the case to run")
)

var cases = map[string]func(context.Context, *peer) error{
	"empty_unary":                 emptyUnary,
	"large_unary":                 largeUnary,
	"client_compressed_unary":     clientCompressedUnary,
	"server_compressed_unary":     serverCompressedUnary,
	"client_streaming":            clientStreaming,
	"server_streaming":            serverStreaming,
	"server_compressed_streaming": serverCompressedStreaming,
	"ping_pong":                   pingPong,
	"empty_stream":                emptyStream,
	"custom_metadata":             customMetadata,
	"status_code_and_message":     statusCodeAndMessage,
	"special_status_message":      specialStatusMessage,
	"unimplemented_method":        unimplementedMethod,
	"unimplemented_service":       unimplementedService,
	"cancel_after_begin":          cancelAfterBegin,
	"cancel_after_first_response": cancelAfterFirstResponse,
	"timeout_on_sleeping_server":  timeoutOnSleepingServer,
	"rpc_soak":                    rpcSoak,
	"channel_soak":                channelSoak,
	"pick_first_unary":            pickFirstUnary,
}

func exit(code int, why any) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", *testCase, why)
	os.Exit(code)
}

func main() {
	flag.Parse()
	if flag.NArg() > 0 {
		exit(2, flag.Arg(0)+" is not a flag")
	}
	run, found := cases[*testCase]
	if !found {
		exit(127, "this client does not have the case")
	}
	server, err := newPeer()
	if err != nil {
		exit(1, err)
	}
	if err := run(context.Background(), server); err != nil {
		exit(1, err)
	}
	fmt.Println("OK:", *testCase)
}
