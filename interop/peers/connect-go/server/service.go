// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strconv"
	"time"

	"connectrpc.com/connect"
	testpb "google.golang.org/grpc/interop/grpc_testing"

	"connect-go-peer/seen"
)

const service = "/grpc.testing.TestService/"

// register puts each method of TestService on its path, as generated code would.
func register(mux *http.ServeMux, options ...connect.HandlerOption) {
	handle := func(method string, handler *connect.Handler) { mux.Handle(service+method, handler) }

	handle("EmptyCall", connect.NewUnaryHandler(service+"EmptyCall", emptyCall, options...))
	handle("UnaryCall", connect.NewUnaryHandler(service+"UnaryCall", unaryCall, options...))
	handle("CacheableUnaryCall", connect.NewUnaryHandler(service+"CacheableUnaryCall", cacheableUnaryCall, options...))
	handle("StreamingInputCall",
		connect.NewClientStreamHandler(service+"StreamingInputCall", streamingInputCall, options...))
	handle("StreamingOutputCall",
		connect.NewServerStreamHandler(service+"StreamingOutputCall", streamingOutputCall, options...))
	handle("FullDuplexCall", connect.NewBidiStreamHandler(service+"FullDuplexCall", fullDuplexCall, options...))
	handle("HalfDuplexCall", connect.NewBidiStreamHandler(service+"HalfDuplexCall", halfDuplexCall, options...))
	handle("UnimplementedCall", connect.NewUnaryHandler(service+"UnimplementedCall", unimplementedCall, options...))
}

func invalid(format string, arguments ...any) error {
	return connect.NewError(connect.CodeInvalidArgument, fmt.Errorf(format, arguments...))
}

// echoStatus is what the request asks for instead of an answer.
func echoStatus(wanted *testpb.EchoStatus) error {
	if wanted.GetCode() == 0 {
		return nil
	}
	if wanted.GetCode() < 0 {
		return invalid("response_status.code is no status code")
	}
	return connect.NewError(connect.Code(wanted.GetCode()), errors.New(wanted.GetMessage()))
}

// checkCompressed is CompressedRequest: the flag of the message must be what the client says that it is.
func checkCompressed(flags *seen.Flags, expected *testpb.BoolValue) error {
	was, ok := flags.Next()
	if expected == nil || ok && was == expected.GetValue() {
		return nil
	}
	return invalid("expect_compressed is %t, but the message's flag was %t", expected.GetValue(), was)
}

func payload(size int32) (*testpb.Payload, error) {
	if size < 0 {
		return nil, invalid("a negative size was asked for")
	}
	return &testpb.Payload{Body: make([]byte, size)}, nil
}

func emptyCall(context.Context, *connect.Request[testpb.Empty]) (*connect.Response[testpb.Empty], error) {
	return connect.NewResponse(&testpb.Empty{}), nil
}

func unaryCall(
	ctx context.Context, request *connect.Request[testpb.SimpleRequest],
) (*connect.Response[testpb.SimpleResponse], error) {
	if err := checkCompressed(seen.In(ctx), request.Msg.GetExpectCompressed()); err != nil {
		return nil, err
	}
	if request.Msg.GetResponseType() != testpb.PayloadType_COMPRESSABLE {
		return nil, invalid("this server has only COMPRESSABLE payloads")
	}
	if err := echoStatus(request.Msg.GetResponseStatus()); err != nil {
		return nil, err
	}
	body, err := payload(request.Msg.GetResponseSize())
	if err != nil {
		return nil, err
	}
	response := &testpb.SimpleResponse{Payload: body}
	if request.Msg.GetFillServerId() {
		response.ServerId = fmt.Sprintf("connect-go-%d", os.Getpid())
	}
	return connect.NewResponse(response), nil
}

func cacheableUnaryCall(
	context.Context, *connect.Request[testpb.SimpleRequest],
) (*connect.Response[testpb.SimpleResponse], error) {
	now := strconv.FormatInt(time.Now().UnixNano(), 10)
	response := connect.NewResponse(&testpb.SimpleResponse{Payload: &testpb.Payload{Body: []byte(now)}})
	response.Header().Set("Cache-Control", "max-age=60, public")
	return response, nil
}

func streamingInputCall(
	ctx context.Context, requests *connect.ClientStream[testpb.StreamingInputCallRequest],
) (*connect.Response[testpb.StreamingInputCallResponse], error) {
	sum := 0
	for requests.Receive() {
		if err := checkCompressed(seen.In(ctx), requests.Msg().GetExpectCompressed()); err != nil {
			return nil, err
		}
		sum += len(requests.Msg().GetPayload().GetBody())
	}
	if err := requests.Err(); err != nil {
		return nil, err
	}
	if sum > math.MaxInt32 {
		return nil, connect.NewError(connect.CodeOutOfRange, errors.New("the sum does not fit its field"))
	}
	return connect.NewResponse(&testpb.StreamingInputCallResponse{AggregatedPayloadSize: int32(sum)}), nil
}

// answer sends what one request of a stream asks for.
func answer(
	ctx context.Context, request *testpb.StreamingOutputCallRequest,
	send func(*testpb.StreamingOutputCallResponse) error,
) error {
	if err := echoStatus(request.GetResponseStatus()); err != nil {
		return err
	}
	for _, wanted := range request.GetResponseParameters() {
		if err := sleep(ctx, wanted.GetIntervalUs()); err != nil {
			return err
		}
		body, err := payload(wanted.GetSize())
		if err != nil {
			return err
		}
		if err := send(&testpb.StreamingOutputCallResponse{Payload: body}); err != nil {
			return err
		}
	}
	return nil
}

func sleep(ctx context.Context, intervalUs int32) error {
	if intervalUs <= 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(intervalUs) * time.Microsecond):
		return nil
	}
}

func streamingOutputCall(
	ctx context.Context, request *connect.Request[testpb.StreamingOutputCallRequest],
	responses *connect.ServerStream[testpb.StreamingOutputCallResponse],
) error {
	return answer(ctx, request.Msg, responses.Send)
}

type duplex = connect.BidiStream[testpb.StreamingOutputCallRequest, testpb.StreamingOutputCallResponse]

func fullDuplexCall(ctx context.Context, stream *duplex) error {
	for {
		request, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := answer(ctx, request, stream.Send); err != nil {
			return err
		}
	}
}

// halfDuplexCall answers all requests after the last.
func halfDuplexCall(ctx context.Context, stream *duplex) error {
	var kept []*testpb.StreamingOutputCallRequest
	for {
		request, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		kept = append(kept, request)
	}
	for _, request := range kept {
		if err := answer(ctx, request, stream.Send); err != nil {
			return err
		}
	}
	return nil
}

func unimplementedCall(context.Context, *connect.Request[testpb.Empty]) (*connect.Response[testpb.Empty], error) {
	return nil, connect.NewError(connect.CodeUnimplemented, errors.New("the interop cases want it so"))
}
