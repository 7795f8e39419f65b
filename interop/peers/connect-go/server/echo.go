// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"errors"
	"net/http"

	"connectrpc.com/connect"
)

const (
	echoInitial  = "X-Grpc-Test-Echo-Initial"
	echoTrailing = "X-Grpc-Test-Echo-Trailing-Bin"
)

// echo is Echo Metadata, for every method.
type echo struct{}

func echoEntries(initial, trailing, from http.Header) {
	for _, value := range from.Values(echoInitial) {
		initial.Add(echoInitial, value)
	}
	for _, value := range from.Values(echoTrailing) {
		if octets, err := connect.DecodeBinaryHeader(value); err == nil {
			trailing.Add(echoTrailing, connect.EncodeBinaryHeader(octets))
		}
	}
}

func (echo) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
		response, err := next(ctx, request)
		if err != nil {
			return nil, withEcho(err, request.Header())
		}
		echoEntries(response.Header(), response.Trailer(), request.Header())
		return response, nil
	}
}

// withEcho is for a unary call that failed: an error has one set of metadata.
func withEcho(err error, from http.Header) error {
	var failure *connect.Error
	if errors.As(err, &failure) {
		echoEntries(failure.Meta(), failure.Meta(), from)
	}
	return err
}

func (echo) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, stream connect.StreamingHandlerConn) error {
		echoEntries(stream.ResponseHeader(), stream.ResponseTrailer(), stream.RequestHeader())
		return next(ctx, stream)
	}
}

func (echo) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}
