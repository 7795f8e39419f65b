// SPDX-License-Identifier: MIT
//
// grpc.testing.TestService on the published C++ library (libgrpc++), callback API, with real compression checks,
// health and reflection: a peer for interop and the yardstick of ref/bench.
//
//   cpp-server --port N [--async]     prints "READY N"; --async answers UnaryCall from one completion queue
#include <grpcpp/alarm.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "grpc/testing/messages.pb.h"
#include "grpc/testing/test.grpc.pb.h"
#include "peer.h"

using grpc::CallbackServerContext;
using grpc::Status;
using grpc::StatusCode;
using namespace grpc::testing;

constexpr int kMaxPayload = 16 << 20;

// libgrpc accepts values from a client that it refuses to send, and then aborts: those do not go back.
static bool MaySend(const std::string &value)
{
    const grpc_slice slice = grpc_slice_from_static_buffer(value.data(), value.size());
    return grpc_header_nonbin_value_is_legal(slice) != 0;
}

static void EchoMetadata(grpc::ServerContextBase *context)
{
    const std::string initial_key = "x-grpc-test-echo-initial";
    const std::string trailing_key = "x-grpc-test-echo-trailing-bin";
    for (const auto &[key, value] : context->client_metadata()) {
        const std::string copy(value.data(), value.size());
        if (key == initial_key && MaySend(copy))
            context->AddInitialMetadata(initial_key, copy);
        if (key == trailing_key)
            context->AddTrailingMetadata(trailing_key, copy);
    }
}

static bool CompressionIsAsExpected(const grpc::ServerContextBase &context,
                                    const BoolValue &expected)
{
    return InteropServerContextInspector::WasCompressed(context) == expected.value();
}

// The status that a client asks for; a number that is no code is the client's mistake.
static Status Echo(const EchoStatus &wanted)
{
    if (wanted.code() < 0 || wanted.code() > StatusCode::UNAUTHENTICATED)
        return Status(StatusCode::INVALID_ARGUMENT, "response_status.code is not a status code");
    return Status(static_cast<StatusCode>(wanted.code()), wanted.message());
}

static bool SizeIsFine(int size)
{
    return size >= 0 && size <= kMaxPayload;
}

// By level, not by algorithm: libgrpc then takes one that the client accepts.
static void Compress(grpc::ServerContextBase *context, bool wanted)
{
    context->set_compression_level(wanted ? GRPC_COMPRESS_LEVEL_HIGH : GRPC_COMPRESS_LEVEL_NONE);
}

static Status AnswerUnary(grpc::ServerContextBase *context, const SimpleRequest *request,
                          SimpleResponse *response)
{
    EchoMetadata(context);
    if (request->has_expect_compressed() &&
        !CompressionIsAsExpected(*context, request->expect_compressed()))
        return Status(StatusCode::INVALID_ARGUMENT, "compressed request expected, or the reverse");
    if (request->response_type() != COMPRESSABLE)
        return Status(StatusCode::INVALID_ARGUMENT, "this server has only COMPRESSABLE payloads");
    if (!SizeIsFine(request->response_size()))
        return Status(StatusCode::INVALID_ARGUMENT, "response_size is negative or too large");
    if (request->has_response_compressed())
        Compress(context, request->response_compressed().value());
    if (request->response_status().code() != 0)
        return Echo(request->response_status());
    if (request->fill_server_id())
        response->set_server_id("cpp-" + std::to_string(getpid()));
    if (request->response_size() > 0)
        response->mutable_payload()->set_body(
            std::string(static_cast<size_t>(request->response_size()), '\0'));
    return Status::OK;
}

// Writes the responses that one StreamingOutputCallRequest asks for, each after its interval.
class Responses
{
  public:
    void Take(const StreamingOutputCallRequest &request)
    {
        request_ = request;
        next_ = 0;
    }
    bool Done() const
    {
        return next_ >= request_.response_parameters_size();
    }
    bool NextIsFine() const
    {
        return SizeIsFine(request_.response_parameters(next_).size());
    }
    template <typename Write> void Next(Write write)
    {
        const ResponseParameters &parameters = request_.response_parameters(next_++);
        response_.mutable_payload()->set_body(
            std::string(static_cast<size_t>(parameters.size()), '\0'));
        grpc::WriteOptions options;
        if (!(parameters.has_compressed() && parameters.compressed().value()))
            options.set_no_compression();
        if (parameters.interval_us() <= 0) {
            write(&response_, options);
            return;
        }
        const auto when = std::chrono::system_clock::now() +
                          std::chrono::microseconds(parameters.interval_us());
        alarm_.Set(when, [this, write, options](bool) { write(&response_, options); });
    }
    void Cancel()
    {
        alarm_.Cancel();
    }

  private:
    StreamingOutputCallRequest request_;
    StreamingOutputCallResponse response_;
    int next_ = 0;
    grpc::Alarm alarm_;
};

class OutputReactor final : public grpc::ServerWriteReactor<StreamingOutputCallResponse>
{
  public:
    OutputReactor(CallbackServerContext *context, const StreamingOutputCallRequest &request)
    {
        EchoMetadata(context);
        for (const ResponseParameters &parameters : request.response_parameters())
            if (parameters.has_compressed() && parameters.compressed().value())
                Compress(context, true);
        responses_.Take(request);
        status_ = Echo(request.response_status());
        Step();
    }
    void OnWriteDone(bool ok) override
    {
        if (ok)
            Step();
        else
            Finish(Status::CANCELLED);
    }
    void OnCancel() override
    {
        responses_.Cancel();
    }
    void OnDone() override
    {
        delete this;
    }

  private:
    void Step()
    {
        if (responses_.Done())
            Finish(status_);
        else if (!responses_.NextIsFine())
            Finish(Status(StatusCode::INVALID_ARGUMENT, "a size is negative or too large"));
        else
            responses_.Next([this](const StreamingOutputCallResponse *response,
                                   grpc::WriteOptions options) { StartWrite(response, options); });
    }
    Responses responses_;
    Status status_;
};

class InputReactor final : public grpc::ServerReadReactor<StreamingInputCallRequest>
{
  public:
    InputReactor(CallbackServerContext *context, StreamingInputCallResponse *response)
        : context_(context), response_(response)
    {
        EchoMetadata(context);
        StartRead(&request_);
    }
    void OnReadDone(bool ok) override
    {
        if (!ok) {
            response_->set_aggregated_payload_size(size_);
            Finish(Status::OK);
            return;
        }
        if (request_.has_expect_compressed() &&
            !CompressionIsAsExpected(*context_, request_.expect_compressed())) {
            Finish(Status(StatusCode::INVALID_ARGUMENT,
                          "compressed request expected, or the reverse"));
            return;
        }
        size_ += static_cast<int>(request_.payload().body().size());
        StartRead(&request_);
    }
    void OnDone() override
    {
        delete this;
    }

  private:
    CallbackServerContext *context_;
    StreamingInputCallResponse *response_;
    StreamingInputCallRequest request_;
    int size_ = 0;
};

class DuplexReactor final
    : public grpc::ServerBidiReactor<StreamingOutputCallRequest, StreamingOutputCallResponse>
{
  public:
    explicit DuplexReactor(CallbackServerContext *context)
    {
        EchoMetadata(context);
        StartRead(&request_);
    }
    void OnReadDone(bool ok) override
    {
        if (!ok) {
            Finish(Status::OK);
            return;
        }
        if (request_.response_status().code() != 0) {
            Finish(Echo(request_.response_status()));
            return;
        }
        responses_.Take(request_);
        Step();
    }
    void OnWriteDone(bool ok) override
    {
        if (ok)
            Step();
        else
            Finish(Status::CANCELLED);
    }
    void OnCancel() override
    {
        responses_.Cancel();
    }
    void OnDone() override
    {
        delete this;
    }

  private:
    void Step()
    {
        if (responses_.Done())
            StartRead(&request_);
        else if (!responses_.NextIsFine())
            Finish(Status(StatusCode::INVALID_ARGUMENT, "a size is negative or too large"));
        else
            responses_.Next([this](const StreamingOutputCallResponse *response,
                                   grpc::WriteOptions options) { StartWrite(response, options); });
    }
    StreamingOutputCallRequest request_;
    Responses responses_;
};

// All requests first, then all responses.
class HalfDuplexReactor final
    : public grpc::ServerBidiReactor<StreamingOutputCallRequest, StreamingOutputCallResponse>
{
  public:
    explicit HalfDuplexReactor(CallbackServerContext *context)
    {
        EchoMetadata(context);
        StartRead(&request_);
    }
    void OnReadDone(bool ok) override
    {
        if (ok) {
            all_.mutable_response_parameters()->MergeFrom(request_.response_parameters());
            StartRead(&request_);
            return;
        }
        responses_.Take(all_);
        Step();
    }
    void OnWriteDone(bool ok) override
    {
        if (ok)
            Step();
        else
            Finish(Status::CANCELLED);
    }
    void OnCancel() override
    {
        responses_.Cancel();
    }
    void OnDone() override
    {
        delete this;
    }

  private:
    void Step()
    {
        if (responses_.Done())
            Finish(Status::OK);
        else if (!responses_.NextIsFine())
            Finish(Status(StatusCode::INVALID_ARGUMENT, "a size is negative or too large"));
        else
            responses_.Next([this](const StreamingOutputCallResponse *response,
                                   grpc::WriteOptions options) { StartWrite(response, options); });
    }
    StreamingOutputCallRequest request_;
    StreamingOutputCallRequest all_;
    Responses responses_;
};

class TestServiceImpl : public TestService::CallbackService
{
  public:
    grpc::ServerUnaryReactor *EmptyCall(CallbackServerContext *context, const Empty *,
                                        Empty *) override
    {
        EchoMetadata(context);
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(Status::OK);
        return reactor;
    }
    grpc::ServerUnaryReactor *UnaryCall(CallbackServerContext *context,
                                        const SimpleRequest *request,
                                        SimpleResponse *response) override
    {
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(AnswerUnary(context, request, response));
        return reactor;
    }
    grpc::ServerUnaryReactor *CacheableUnaryCall(CallbackServerContext *context,
                                                 const SimpleRequest *,
                                                 SimpleResponse *response) override
    {
        // The time, so that a client can see a cache between us: its two answers are then the same.
        EchoMetadata(context);
        context->AddInitialMetadata("cache-control", "max-age=60, public");
        response->mutable_payload()->set_body(
            std::to_string(std::chrono::system_clock::now().time_since_epoch().count()));
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(Status::OK);
        return reactor;
    }
    grpc::ServerWriteReactor<StreamingOutputCallResponse> *
    StreamingOutputCall(CallbackServerContext *context,
                        const StreamingOutputCallRequest *request) override
    {
        return new OutputReactor(context, *request);
    }
    grpc::ServerReadReactor<StreamingInputCallRequest> *
    StreamingInputCall(CallbackServerContext *context,
                       StreamingInputCallResponse *response) override
    {
        return new InputReactor(context, response);
    }
    grpc::ServerBidiReactor<StreamingOutputCallRequest, StreamingOutputCallResponse> *
    FullDuplexCall(CallbackServerContext *context) override
    {
        return new DuplexReactor(context);
    }
    grpc::ServerBidiReactor<StreamingOutputCallRequest, StreamingOutputCallResponse> *
    HalfDuplexCall(CallbackServerContext *context) override
    {
        return new HalfDuplexReactor(context);
    }
};

// One unary call at a time on a completion queue; a new one is posted as each ends.
class AsyncUnary
{
  public:
    AsyncUnary(TestService::WithAsyncMethod_UnaryCall<TestService::Service> *service,
               grpc::ServerCompletionQueue *queue)
        : service_(service), queue_(queue)
    {
        Post();
    }
    void Step(bool ok)
    {
        if (answered_) { // ok or not: a client that went away leaves the slot to the next one
            Post();
            return;
        }
        if (!ok)
            return; // shutting down
        answered_ = true;
        SimpleResponse response;
        const Status status = AnswerUnary(context_.get(), &request_, &response);
        responder_->Finish(response, status, this);
    }

  private:
    void Post()
    {
        answered_ = false;
        context_ = std::make_unique<grpc::ServerContext>();
        responder_ = std::make_unique<grpc::ServerAsyncResponseWriter<SimpleResponse>>(
            context_.get());
        service_->RequestUnaryCall(context_.get(), &request_, responder_.get(), queue_, queue_,
                                   this);
    }
    TestService::WithAsyncMethod_UnaryCall<TestService::Service> *service_;
    grpc::ServerCompletionQueue *queue_;
    std::unique_ptr<grpc::ServerContext> context_;
    std::unique_ptr<grpc::ServerAsyncResponseWriter<SimpleResponse>> responder_;
    SimpleRequest request_;
    bool answered_ = false;
};

static void ServeAsync(const std::string &address, int *port)
{
    TestService::WithAsyncMethod_UnaryCall<TestService::Service> service;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), port);
    builder.RegisterService(&service);
    auto queue = builder.AddCompletionQueue();
    auto server = builder.BuildAndStart();
    if (!server)
        std::exit(1);
    std::printf("READY %d\n", *port);
    std::fflush(stdout);
    std::vector<std::unique_ptr<AsyncUnary>> calls;
    for (int i = 0; i < 200; i++)
        calls.push_back(std::make_unique<AsyncUnary>(&service, queue.get()));
    void *tag;
    bool ok;
    while (queue->Next(&tag, &ok))
        static_cast<AsyncUnary *>(tag)->Step(ok);
}

static std::shared_ptr<grpc::ServerCredentials> Credentials(const Flags &flags)
{
    if (!flags.True("use_tls"))
        return grpc::InsecureServerCredentials();
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back(
        {ReadCertificate(flags.Text("tls_key_file"), "server1.key"),
         ReadCertificate(flags.Text("tls_cert_file"), "server1.pem")});
    return grpc::SslServerCredentials(options);
}

int main(int argc, char **argv)
{
    const Flags flags({{"port", "0"},
                       {"use_tls", "false"},
                       {"tls_cert_file", ""},
                       {"tls_key_file", ""},
                       {"async", "false"}},
                      argc, argv);
    const std::string address = "127.0.0.1:" + flags.Text("port");
    int port = 0;
    if (flags.True("async")) {
        ServeAsync(address, &port);
        return 0;
    }
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    TestServiceImpl service;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, Credentials(flags), &port);
    builder.RegisterService(&service);
    auto server = builder.BuildAndStart();
    if (!server)
        return 1;
    std::printf("READY %d\n", port);
    std::fflush(stdout);
    server->Wait();
}
