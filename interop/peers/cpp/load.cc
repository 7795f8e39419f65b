// SPDX-License-Identifier: MIT
//
// What ref/bench/client_load.c does, on C++ gRPC's completion queue, which is its fastest way: unary calls of 10 octets, 100 at a
// time on one connection, for so many seconds. Prints how many calls went well.
#include <grpcpp/grpcpp.h>

#include "grpc/testing/test.grpc.pb.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

using grpc::testing::SimpleRequest;
using grpc::testing::SimpleResponse;
using grpc::testing::TestService;

struct Call {
  grpc::ClientContext context;
  grpc::Status status;
  SimpleResponse response;
  std::unique_ptr<grpc::ClientAsyncResponseReader<SimpleResponse>> reader;
};

void Begin(TestService::Stub &stub, const SimpleRequest &request, grpc::CompletionQueue &queue) {
  Call *call = new Call;
  call->reader = stub.AsyncUnaryCall(&call->context, request, &queue);
  call->reader->Finish(&call->response, &call->status, call);
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  auto stub = TestService::NewStub(grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials()));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[2]));
  grpc::CompletionQueue queue;
  SimpleRequest request;
  request.set_response_size(10);
  request.mutable_payload()->set_body(std::string(10, '\0'));
  unsigned long calls = 0;
  int in_flight = 0;
  for (; in_flight < 100; in_flight++) Begin(*stub, request, queue);
  bool fine;
  for (void *tag; in_flight > 0 && queue.Next(&tag, &fine);) {
    std::unique_ptr<Call> call(static_cast<Call *>(tag));
    in_flight--;
    if (!call->status.ok()) return 1;
    calls++;
    if (std::chrono::steady_clock::now() >= until) continue;
    Begin(*stub, request, queue);
    in_flight++;
  }
  std::printf("calls %lu\n", calls);
}
