// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"

	"connectrpc.com/connect"
	testpb "google.golang.org/grpc/interop/grpc_testing"

	"connect-go-peer/seen"
)

// peer is the server that a case talks to, over one HTTP/2 connection.
type peer struct {
	http *http.Client
	url  string
	seen seen.Flags // the compressed flags of the responses
}

// RoundTrip lets us see the flags of the messages that come back.
func (peer *peer) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := peer.http.Transport.RoundTrip(request)
	if err == nil {
		response.Body = seen.Watch(response.Body, &peer.seen)
	}
	return response, err
}

// Do makes the peer a connect.HTTPClient.
func (peer *peer) Do(request *http.Request) (*http.Response, error) {
	client := &http.Client{Transport: peer}
	return client.Do(request)
}

// newPeer connects only when the first call is made.
func newPeer() (*peer, error) {
	name := *override
	if name == "" {
		name = *serverHost
	}
	address := net.JoinHostPort(*serverHost, strconv.Itoa(*serverPort))
	protocols := &http.Protocols{}
	transport := &http.Transport{
		Protocols: protocols,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}
	url := net.JoinHostPort(name, strconv.Itoa(*serverPort))
	if !*useTLS {
		protocols.SetUnencryptedHTTP2(true)
		return &peer{http: &http.Client{Transport: transport}, url: "http://" + url}, nil
	}
	config, err := tlsConfig()
	if err != nil {
		return nil, err
	}
	protocols.SetHTTP2(true)
	transport.TLSClientConfig = config
	return &peer{http: &http.Client{Transport: transport}, url: "https://" + url}, nil
}

func tlsConfig() (*tls.Config, error) {
	if !*useTestCA {
		return &tls.Config{}, nil
	}
	pem, err := os.ReadFile(*caFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("--ca_file holds no certificate")
	}
	return &tls.Config{RootCAs: roots}, nil
}

func (peer *peer) close() {
	peer.http.CloseIdleConnections()
}

// method is a method of TestService, or one by its whole path.
func method[Req, Res any](peer *peer, path string, options ...connect.ClientOption) *connect.Client[Req, Res] {
	return connect.NewClient[Req, Res](peer, peer.url+path, append(options, connect.WithGRPC())...)
}

const service = "/grpc.testing.TestService/"

type (
	emptyClient  = connect.Client[testpb.Empty, testpb.Empty]
	unaryClient  = connect.Client[testpb.SimpleRequest, testpb.SimpleResponse]
	inputClient  = connect.Client[testpb.StreamingInputCallRequest, testpb.StreamingInputCallResponse]
	outputClient = connect.Client[testpb.StreamingOutputCallRequest, testpb.StreamingOutputCallResponse]
)

func (peer *peer) emptyCall() *emptyClient {
	return method[testpb.Empty, testpb.Empty](peer, service+"EmptyCall")
}

func (peer *peer) unaryCall(options ...connect.ClientOption) *unaryClient {
	return method[testpb.SimpleRequest, testpb.SimpleResponse](peer, service+"UnaryCall", options...)
}

func (peer *peer) inputCall() *inputClient {
	return method[testpb.StreamingInputCallRequest, testpb.StreamingInputCallResponse](
		peer, service+"StreamingInputCall")
}

func (peer *peer) outputCall(name string) *outputClient {
	return method[testpb.StreamingOutputCallRequest, testpb.StreamingOutputCallResponse](peer, service+name)
}
