// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"connectrpc.com/connect"
	testpb "google.golang.org/grpc/interop/grpc_testing"
)

func zeros(size int) *testpb.Payload {
	return &testpb.Payload{Body: make([]byte, size)}
}

func largeRequest() *testpb.SimpleRequest {
	return &testpb.SimpleRequest{ResponseSize: 314159, Payload: zeros(271828)}
}

func duplexRequest(responseSize int32, size int) *testpb.StreamingOutputCallRequest {
	return &testpb.StreamingOutputCallRequest{
		ResponseParameters: []*testpb.ResponseParameters{{Size: responseSize}},
		Payload:            zeros(size),
	}
}

func emptyUnary(ctx context.Context, peer *peer) error {
	_, err := peer.emptyCall().CallUnary(ctx, connect.NewRequest(&testpb.Empty{}))
	return expectOK("EmptyCall", err)
}

// expectServes is for before or after a call that ends without the server's word.
func expectServes(peer *peer) error {
	_, err := peer.emptyCall().CallUnary(context.Background(), connect.NewRequest(&testpb.Empty{}))
	return expectOK("EmptyCall, to see that the server serves", err)
}

func largeUnary(ctx context.Context, peer *peer) error {
	response, err := peer.unaryCall().CallUnary(ctx, connect.NewRequest(largeRequest()))
	if err != nil {
		return expectOK("UnaryCall", err)
	}
	return expectPayload("UnaryCall", response.Msg.GetPayload(), 314159)
}

func clientStreaming(ctx context.Context, peer *peer) error {
	stream := peer.inputCall().CallClientStream(ctx)
	for _, size := range []int{27182, 8, 1828, 45904} {
		if err := stream.Send(&testpb.StreamingInputCallRequest{Payload: zeros(size)}); err != nil {
			return expectOK("StreamingInputCall: send", err)
		}
	}
	response, err := stream.CloseAndReceive()
	if err != nil {
		return expectOK("StreamingInputCall", err)
	}
	return expectEqual("aggregated_payload_size", 74922, response.Msg.GetAggregatedPayloadSize())
}

func serverStreaming(ctx context.Context, peer *peer) error {
	sizes := []int32{31415, 9, 2653, 58979}
	request := &testpb.StreamingOutputCallRequest{}
	for _, size := range sizes {
		request.ResponseParameters = append(request.ResponseParameters, &testpb.ResponseParameters{Size: size})
	}
	stream, err := peer.outputCall("StreamingOutputCall").CallServerStream(ctx, connect.NewRequest(request))
	if err != nil {
		return expectOK("StreamingOutputCall", err)
	}
	defer stream.Close()
	for _, size := range sizes {
		if !stream.Receive() {
			return fmt.Errorf("StreamingOutputCall ended before a response of %d: %s", size, describe(stream.Err()))
		}
		if err := expectPayload("StreamingOutputCall", stream.Msg().GetPayload(), int(size)); err != nil {
			return err
		}
	}
	if stream.Receive() {
		return errors.New("StreamingOutputCall: a response too many")
	}
	return expectOK("StreamingOutputCall", stream.Err())
}

func pingPong(ctx context.Context, peer *peer) error {
	stream := peer.outputCall("FullDuplexCall").CallBidiStream(ctx)
	defer stream.CloseResponse()
	for _, turn := range [][2]int{{31415, 27182}, {9, 8}, {2653, 1828}, {58979, 45904}} {
		if err := stream.Send(duplexRequest(int32(turn[0]), turn[1])); err != nil {
			return expectOK("FullDuplexCall: send", err)
		}
		if err := expectResponse(stream, turn[0]); err != nil {
			return err
		}
	}
	if err := stream.CloseRequest(); err != nil {
		return expectOK("FullDuplexCall: half-close", err)
	}
	return expectEnd(stream)
}

func emptyStream(ctx context.Context, peer *peer) error {
	stream := peer.outputCall("FullDuplexCall").CallBidiStream(ctx)
	defer stream.CloseResponse()
	if err := stream.CloseRequest(); err != nil {
		return expectOK("FullDuplexCall: half-close", err)
	}
	return expectEnd(stream)
}

const (
	initialKey   = "X-Grpc-Test-Echo-Initial"
	initialValue = "test_initial_metadata_value"
	trailingKey  = "X-Grpc-Test-Echo-Trailing-Bin"
)

var trailingValue = connect.EncodeBinaryHeader([]byte{0xab, 0xab, 0xab})

func unaryMetadata(ctx context.Context, peer *peer) error {
	request := connect.NewRequest(largeRequest())
	request.Header().Set(initialKey, initialValue)
	request.Header().Set(trailingKey, trailingValue)
	response, err := peer.unaryCall().CallUnary(ctx, request)
	if err != nil {
		return expectOK("UnaryCall", err)
	}
	return errors.Join(
		expectPayload("UnaryCall", response.Msg.GetPayload(), 314159),
		expectEntry("UnaryCall: initial metadata", response.Header(), initialKey, initialValue),
		expectEntry("UnaryCall: trailing metadata", response.Trailer(), trailingKey, trailingValue))
}

func duplexMetadata(ctx context.Context, peer *peer) error {
	stream := peer.outputCall("FullDuplexCall").CallBidiStream(ctx)
	defer stream.CloseResponse()
	stream.RequestHeader().Set(initialKey, initialValue)
	stream.RequestHeader().Set(trailingKey, trailingValue)
	if err := errors.Join(stream.Send(duplexRequest(314159, 271828)), stream.CloseRequest()); err != nil {
		return expectOK("FullDuplexCall: send", err)
	}
	if err := expectResponse(stream, 314159); err != nil {
		return err
	}
	if err := expectEnd(stream); err != nil {
		return err
	}
	return errors.Join(
		expectEntry("FullDuplexCall: initial metadata", stream.ResponseHeader(), initialKey, initialValue),
		expectEntry("FullDuplexCall: trailing metadata", stream.ResponseTrailer(), trailingKey, trailingValue))
}

func customMetadata(ctx context.Context, peer *peer) error {
	return errors.Join(unaryMetadata(ctx, peer), duplexMetadata(ctx, peer))
}

func unaryWithStatus(ctx context.Context, peer *peer, message string) error {
	status := &testpb.EchoStatus{Code: int32(connect.CodeUnknown), Message: message}
	_, err := peer.unaryCall().CallUnary(ctx, connect.NewRequest(&testpb.SimpleRequest{ResponseStatus: status}))
	return expectStatus("UnaryCall", err, connect.CodeUnknown, message)
}

func statusCodeAndMessage(ctx context.Context, peer *peer) error {
	message := "test status message"
	if err := unaryWithStatus(ctx, peer, message); err != nil {
		return err
	}
	stream := peer.outputCall("FullDuplexCall").CallBidiStream(ctx)
	defer stream.CloseResponse()
	status := &testpb.EchoStatus{Code: int32(connect.CodeUnknown), Message: message}
	err := stream.Send(&testpb.StreamingOutputCallRequest{ResponseStatus: status})
	if err != nil && !errors.Is(err, io.EOF) { // EOF: the server has answered already
		return expectOK("FullDuplexCall: send", err)
	}
	stream.CloseRequest()
	_, err = stream.Receive()
	return expectStatus("FullDuplexCall", err, connect.CodeUnknown, message)
}

func specialStatusMessage(ctx context.Context, peer *peer) error {
	return unaryWithStatus(ctx, peer, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")
}

func expectUnimplemented(ctx context.Context, peer *peer, path string) error {
	client := method[testpb.Empty, testpb.Empty](peer, path)
	_, err := client.CallUnary(ctx, connect.NewRequest(&testpb.Empty{}))
	return expectFailure(path, err, connect.CodeUnimplemented)
}

func unimplementedMethod(ctx context.Context, peer *peer) error {
	return expectUnimplemented(ctx, peer, service+"UnimplementedCall")
}

func unimplementedService(ctx context.Context, peer *peer) error {
	return expectUnimplemented(ctx, peer, "/grpc.testing.UnimplementedService/UnimplementedCall")
}

// cancelAfterBegin: that a whole call begins later and ends first shows that the headers are out.
func cancelAfterBegin(ctx context.Context, peer *peer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream := peer.inputCall().CallClientStream(ctx)
	if err := stream.Send(nil); err != nil {
		return expectOK("StreamingInputCall: headers", err)
	}
	if err := expectServes(peer); err != nil {
		return err
	}
	cancel()
	_, err := stream.CloseAndReceive()
	if err := expectFailure("StreamingInputCall", err, connect.CodeCanceled); err != nil {
		return err
	}
	return expectServes(peer)
}

func cancelAfterFirstResponse(ctx context.Context, peer *peer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream := peer.outputCall("FullDuplexCall").CallBidiStream(ctx)
	if err := stream.Send(duplexRequest(31415, 27182)); err != nil {
		return expectOK("FullDuplexCall: send", err)
	}
	if err := expectResponse(stream, 31415); err != nil {
		return err
	}
	cancel()
	_, err := stream.Receive()
	if err := expectFailure("FullDuplexCall", err, connect.CodeCanceled); err != nil {
		return err
	}
	return expectServes(peer)
}

// timeoutOnSleepingServer asks for no response, so the server sleeps. The send may see the deadline first. When headers
// have come, net/http waits for our next message and no longer for the deadline: then nothing ends the call but us.
func timeoutOnSleepingServer(ctx context.Context, peer *peer) error {
	if err := expectServes(peer); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	defer time.AfterFunc(5*time.Second, func() { exit(1, "FullDuplexCall: long after its deadline it has not ended") }).Stop()
	stream := peer.outputCall("FullDuplexCall").CallBidiStream(ctx)
	defer stream.CloseResponse()
	err := stream.Send(&testpb.StreamingOutputCallRequest{Payload: zeros(27182)})
	if err == nil || errors.Is(err, io.EOF) {
		_, err = stream.Receive()
	}
	return expectFailure("FullDuplexCall", err, connect.CodeDeadlineExceeded)
}

// pickFirstUnary is a case of grpc-go: one server answers all calls.
func pickFirstUnary(ctx context.Context, peer *peer) error {
	first := ""
	for range 100 {
		request := &testpb.SimpleRequest{ResponseSize: 1, Payload: zeros(1), FillServerId: true}
		response, err := peer.unaryCall().CallUnary(ctx, connect.NewRequest(request))
		if err != nil {
			return expectOK("UnaryCall", err)
		}
		if first == "" {
			first = response.Msg.GetServerId()
		}
		if first == "" || first != response.Msg.GetServerId() {
			return fmt.Errorf("server_id: expected %q each time, seen %q", first, response.Msg.GetServerId())
		}
	}
	return nil
}
