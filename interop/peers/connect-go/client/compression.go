// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"errors"
	"fmt"

	"connectrpc.com/connect"
	testpb "google.golang.org/grpc/interop/grpc_testing"
)

// The compression cases that connect can do: whether it compresses is an option of the client, so the case that mixes
// both in one stream of requests is not here. Whether a response was compressed is read from its flag, as it came.

func largeCall(
	ctx context.Context, what string, client *unaryClient, request *testpb.SimpleRequest,
) error {
	response, err := client.CallUnary(ctx, connect.NewRequest(request))
	if err != nil {
		return expectOK(what, err)
	}
	return expectPayload(what, response.Msg.GetPayload(), 314159)
}

func clientCompressedUnary(ctx context.Context, peer *peer) error {
	plain := peer.unaryCall()
	request := largeRequest()
	request.ExpectCompressed = &testpb.BoolValue{Value: true}
	_, err := plain.CallUnary(ctx, connect.NewRequest(request))
	err = expectFailure("probe: an uncompressed message announced as compressed", err, connect.CodeInvalidArgument)
	if err != nil {
		return err
	}
	gzip := peer.unaryCall(connect.WithSendGzip())
	if err := largeCall(ctx, "UnaryCall with a compressed message", gzip, request); err != nil {
		return err
	}
	request.ExpectCompressed = &testpb.BoolValue{}
	return largeCall(ctx, "UnaryCall with an uncompressed message", plain, request)
}

func serverCompressedUnary(ctx context.Context, peer *peer) error {
	for _, wanted := range []bool{true, false} {
		what := fmt.Sprintf("UnaryCall with response_compressed %t", wanted)
		request := largeRequest()
		request.ResponseCompressed = &testpb.BoolValue{Value: wanted}
		if err := largeCall(ctx, what, peer.unaryCall(), request); err != nil {
			return err
		}
		if err := peer.expectCompressed(what, wanted); err != nil {
			return err
		}
	}
	return nil
}

func serverCompressedStreaming(ctx context.Context, peer *peer) error {
	wanted := []*testpb.ResponseParameters{
		{Size: 31415, Compressed: &testpb.BoolValue{Value: true}},
		{Size: 92653, Compressed: &testpb.BoolValue{Value: false}},
	}
	request := connect.NewRequest(&testpb.StreamingOutputCallRequest{ResponseParameters: wanted})
	stream, err := peer.outputCall("StreamingOutputCall").CallServerStream(ctx, request)
	if err != nil {
		return expectOK("StreamingOutputCall", err)
	}
	defer stream.Close()
	for _, response := range wanted {
		if !stream.Receive() {
			return fmt.Errorf("StreamingOutputCall ended early: %s", describe(stream.Err()))
		}
		err := errors.Join(
			expectPayload("StreamingOutputCall", stream.Msg().GetPayload(), int(response.GetSize())),
			peer.expectCompressed("StreamingOutputCall", response.GetCompressed().GetValue()))
		if err != nil {
			return err
		}
	}
	if stream.Receive() {
		return errors.New("StreamingOutputCall: a response too many")
	}
	return expectOK("StreamingOutputCall", stream.Err())
}
