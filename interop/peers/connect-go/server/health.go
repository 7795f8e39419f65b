// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"errors"
	"net/http"

	"connectrpc.com/connect"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

const (
	healthCheck = "/grpc.health.v1.Health/Check"
	healthWatch = "/grpc.health.v1.Health/Watch"
)

// registerHealth serves grpc.health.v1 with two names, both of them well for as long as we live.
func registerHealth(mux *http.ServeMux) {
	mux.Handle(healthCheck, connect.NewUnaryHandler(healthCheck, check))
	mux.Handle(healthWatch, connect.NewServerStreamHandler(healthWatch, watch))
}

func isKnown(name string) bool {
	return name == "" || name == "grpc.testing.TestService"
}

func check(
	_ context.Context, request *connect.Request[healthpb.HealthCheckRequest],
) (*connect.Response[healthpb.HealthCheckResponse], error) {
	if !isKnown(request.Msg.GetService()) {
		return nil, connect.NewError(connect.CodeNotFound, errors.New("no such service"))
	}
	return connect.NewResponse(&healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING}), nil
}

func watch(
	ctx context.Context, request *connect.Request[healthpb.HealthCheckRequest],
	changes *connect.ServerStream[healthpb.HealthCheckResponse],
) error {
	status := healthpb.HealthCheckResponse_SERVING
	if !isKnown(request.Msg.GetService()) {
		status = healthpb.HealthCheckResponse_SERVICE_UNKNOWN
	}
	if err := changes.Send(&healthpb.HealthCheckResponse{Status: status}); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}
