// SPDX-License-Identifier: MIT

// The server of the connect-go peer: grpc.testing.TestService on connect-go and net/http's HTTP/2, with health and
// reflection.
//
//	server --port=N --use_tls=true|false [--tls_cert_file=PEM --tls_key_file=PEM]
//
// Listens on 127.0.0.1, says "READY PORT" and serves until SIGTERM. What it cannot do is in the peer's manifest.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"connectrpc.com/connect"
	"connectrpc.com/grpcreflect"

	"connect-go-peer/seen"
)

var (
	port     = flag.Int("port", 0, "port to listen on; 0: any")
	useTLS   = flag.Bool("use_tls", false, "TLS rather than cleartext")
	certFile = flag.String("tls_cert_file", "", "certificate, PEM")
	keyFile  = flag.String("tls_key_file", "", "its key, PEM")
)

// watched lets the handlers see the flags of the messages that they get.
func watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		flags := &seen.Flags{}
		request = request.WithContext(seen.With(request.Context(), flags))
		request.Body = seen.Watch(request.Body, flags)
		next.ServeHTTP(writer, request)
	})
}

func handler() http.Handler {
	mux := http.NewServeMux()
	register(mux, connect.WithInterceptors(echo{}))
	registerHealth(mux)
	reflector := grpcreflect.NewStaticReflector("grpc.testing.TestService", "grpc.health.v1.Health")
	mux.Handle(grpcreflect.NewHandlerV1(reflector))
	mux.Handle(grpcreflect.NewHandlerV1Alpha(reflector))
	return watched(mux)
}

func serve() error {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		return err
	}
	protocols := &http.Protocols{}
	protocols.SetHTTP2(*useTLS)
	protocols.SetUnencryptedHTTP2(!*useTLS)
	server := &http.Server{Handler: handler(), Protocols: protocols}

	terminated, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	stopped := make(chan struct{})
	context.AfterFunc(terminated, func() {
		stopServer(server)
		close(stopped)
	})
	fmt.Println("READY", listener.Addr().(*net.TCPAddr).Port)
	if *useTLS {
		err = server.ServeTLS(listener, *certFile, *keyFile)
	} else {
		err = server.Serve(listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		<-stopped
		return nil
	}
	return err
}

// stopServer lets the calls end for a second, and then ends them.
func stopServer(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
}

func main() {
	flag.Parse()
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
