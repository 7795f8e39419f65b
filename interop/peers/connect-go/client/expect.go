// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"connectrpc.com/connect"
	testpb "google.golang.org/grpc/interop/grpc_testing"
)

func describe(err error) string {
	var failure *connect.Error
	switch {
	case err == nil:
		return "OK"
	case errors.As(err, &failure):
		return fmt.Sprintf("%v %q", failure.Code(), failure.Message())
	default:
		return err.Error()
	}
}

func expectOK(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: expected OK, seen %s", what, describe(err))
}

// expectFailure wants a status; connect.CodeOf alone would call any error UNKNOWN.
func expectFailure(what string, err error, code connect.Code) error {
	var failure *connect.Error
	if errors.As(err, &failure) && failure.Code() == code {
		return nil
	}
	return fmt.Errorf("%s: expected %v, seen %s", what, code, describe(err))
}

func expectStatus(what string, err error, code connect.Code, message string) error {
	if err := expectFailure(what, err, code); err != nil {
		return err
	}
	var failure *connect.Error
	if errors.As(err, &failure); failure.Message() != message {
		return fmt.Errorf("%s: expected the message %q, seen %q", what, message, failure.Message())
	}
	return nil
}

func expectEqual[T comparable](what string, expected, seen T) error {
	if expected == seen {
		return nil
	}
	return fmt.Errorf("%s: expected %v, seen %v", what, expected, seen)
}

// expectPayload wants size octets of zeros.
func expectPayload(what string, payload *testpb.Payload, size int) error {
	if payload == nil {
		return fmt.Errorf("%s: no payload", what)
	}
	if payload.GetType() != testpb.PayloadType_COMPRESSABLE {
		return fmt.Errorf("%s: a payload of type %v", what, payload.GetType())
	}
	if !bytes.Equal(payload.GetBody(), make([]byte, size)) {
		return fmt.Errorf("%s: expected %d octets of zeros, seen %d octets", what, size, len(payload.GetBody()))
	}
	return nil
}

// expectEntry wants exactly one value.
func expectEntry(what string, seen http.Header, key, expected string) error {
	if values := seen.Values(key); !slices.Equal(values, []string{expected}) {
		return fmt.Errorf("%s: %s: expected %q once, seen %q", what, key, expected, values)
	}
	return nil
}

// expectCompressed judges the flag of the next response that nobody has judged yet.
func (peer *peer) expectCompressed(what string, expected bool) error {
	compressed, ok := peer.seen.Next()
	if !ok {
		return fmt.Errorf("%s: no message was seen", what)
	}
	return expectEqual(what+": compressed flag", expected, compressed)
}

type duplex = connect.BidiStreamForClient[testpb.StreamingOutputCallRequest, testpb.StreamingOutputCallResponse]

func expectResponse(stream *duplex, size int) error {
	response, err := stream.Receive()
	if err != nil {
		return expectOK("response", err)
	}
	return expectPayload("response", response.GetPayload(), size)
}

func expectEnd(stream *duplex) error {
	_, err := stream.Receive()
	if err == nil {
		return errors.New("a response too many")
	}
	if !errors.Is(err, io.EOF) {
		return expectOK("end of the stream", err)
	}
	return nil
}
