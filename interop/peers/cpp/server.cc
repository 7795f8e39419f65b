// SPDX-License-Identifier: MIT
//
// grpc.testing.TestService on the published C++ library (libgrpc++), callback API, with real compression checks,
// health and reflection: a peer for interop and the yardstick of ref/bench.
//
//   cpp-server --port N [--async]     prints "READY N"; --async answers UnaryCall from one completion queue
#include <grpcpp/alarm.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include "grpc/testing/messages.pb.h"
#include "grpc/testing/test.grpc.pb.h"

struct grpc_call;
uint32_t grpc_call_test_only_get_message_flags(grpc_call *call); // exported by libgrpc for exactly this use

namespace grpc
{
namespace testing
{
// libgrpc++ names this class as a friend, so that interop servers can see how a message arrived.
class InteropServerContextInspector
{
  public:
    explicit InteropServerContextInspector(const ServerContextBase &context) : context_(context)
    {
    }
    bool WasCompressed() const
    {
        constexpr uint32_t kCompressed = 0xC0000000u;
        return grpc_call_test_only_get_message_flags(context_.call_.call) & kCompressed;
    }

  private:
    const ServerContextBase &context_;
};
} // namespace testing
} // namespace grpc

using grpc::CallbackServerContext;
using grpc::Status;
using grpc::StatusCode;
using namespace grpc::testing;

static void EchoMetadata(grpc::ServerContextBase *context)
{
    const auto &metadata = context->client_metadata();
    const auto initial = metadata.find("x-grpc-test-echo-initial");
    if (initial != metadata.end())
        context->AddInitialMetadata("x-grpc-test-echo-initial",
                                    std::string(initial->second.data(), initial->second.size()));
    const auto trailing = metadata.find("x-grpc-test-echo-trailing-bin");
    if (trailing != metadata.end())
        context->AddTrailingMetadata("x-grpc-test-echo-trailing-bin",
                                     std::string(trailing->second.data(), trailing->second.size()));
}

static bool CompressionIsAsExpected(const grpc::ServerContextBase &context, const BoolValue &expected)
{
    return InteropServerContextInspector(context).WasCompressed() == expected.value();
}

static Status AnswerUnary(grpc::ServerContextBase *context, const SimpleRequest *request, SimpleResponse *response)
{
    EchoMetadata(context);
    if (request->has_expect_compressed() && !CompressionIsAsExpected(*context, request->expect_compressed()))
        return Status(StatusCode::INVALID_ARGUMENT, "compressed request expected, or the reverse");
    if (request->response_type() != COMPRESSABLE)
        return Status(StatusCode::INVALID_ARGUMENT, "unsupported response type");
    if (request->has_response_compressed())
        context->set_compression_algorithm(request->response_compressed().value() ? GRPC_COMPRESS_GZIP
                                                                                  : GRPC_COMPRESS_NONE);
    if (request->has_response_status() && request->response_status().code() != 0)
        return Status(static_cast<StatusCode>(request->response_status().code()),
                      request->response_status().message());
    if (request->response_size() > 0)
        response->mutable_payload()->set_body(std::string(static_cast<size_t>(request->response_size()), '\0'));
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
    template <typename Write> void Next(Write write)
    {
        const ResponseParameters &parameters = request_.response_parameters(next_++);
        response_.mutable_payload()->set_body(std::string(static_cast<size_t>(parameters.size()), '\0'));
        grpc::WriteOptions options;
        if (!(parameters.has_compressed() && parameters.compressed().value()))
            options.set_no_compression();
        if (parameters.interval_us() <= 0) {
            write(&response_, options);
            return;
        }
        const auto when = std::chrono::system_clock::now() + std::chrono::microseconds(parameters.interval_us());
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
                context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
        responses_.Take(request);
        status_ = Status(static_cast<StatusCode>(request.response_status().code()), request.response_status().message());
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
        else
            responses_.Next([this](const StreamingOutputCallResponse *response, grpc::WriteOptions options) {
                StartWrite(response, options);
            });
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
        if (request_.has_expect_compressed() && !CompressionIsAsExpected(*context_, request_.expect_compressed())) {
            Finish(Status(StatusCode::INVALID_ARGUMENT, "compressed request expected, or the reverse"));
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

class DuplexReactor final : public grpc::ServerBidiReactor<StreamingOutputCallRequest, StreamingOutputCallResponse>
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
        if (request_.has_response_status() && request_.response_status().code() != 0) {
            Finish(Status(static_cast<StatusCode>(request_.response_status().code()),
                          request_.response_status().message()));
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
        else
            responses_.Next([this](const StreamingOutputCallResponse *response, grpc::WriteOptions options) {
                StartWrite(response, options);
            });
    }
    StreamingOutputCallRequest request_;
    Responses responses_;
};

class TestServiceImpl : public TestService::CallbackService
{
  public:
    grpc::ServerUnaryReactor *EmptyCall(CallbackServerContext *context, const Empty *, Empty *) override
    {
        EchoMetadata(context);
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(Status::OK);
        return reactor;
    }
    grpc::ServerUnaryReactor *UnaryCall(CallbackServerContext *context, const SimpleRequest *request,
                                        SimpleResponse *response) override
    {
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(AnswerUnary(context, request, response));
        return reactor;
    }
    grpc::ServerUnaryReactor *CacheableUnaryCall(CallbackServerContext *context, const SimpleRequest *request,
                                                 SimpleResponse *response) override
    {
        return UnaryCall(context, request, response);
    }
    grpc::ServerWriteReactor<StreamingOutputCallResponse> *
    StreamingOutputCall(CallbackServerContext *context, const StreamingOutputCallRequest *request) override
    {
        return new OutputReactor(context, *request);
    }
    grpc::ServerReadReactor<StreamingInputCallRequest> *StreamingInputCall(CallbackServerContext *context,
                                                                           StreamingInputCallResponse *response) override
    {
        return new InputReactor(context, response);
    }
    grpc::ServerBidiReactor<StreamingOutputCallRequest, StreamingOutputCallResponse> *
    FullDuplexCall(CallbackServerContext *context) override
    {
        return new DuplexReactor(context);
    }
};

// One unary call at a time on a completion queue; a new one is posted as each ends.
class AsyncUnary
{
  public:
    AsyncUnary(TestService::WithAsyncMethod_UnaryCall<TestService::Service> *service, grpc::ServerCompletionQueue *queue)
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
        responder_ = std::make_unique<grpc::ServerAsyncResponseWriter<SimpleResponse>>(context_.get());
        service_->RequestUnaryCall(context_.get(), &request_, responder_.get(), queue_, queue_, this);
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

static std::string ReadFile(const char *path)
{
    std::string content;
    if (FILE *file = std::fopen(path, "rb")) {
        char part[4096];
        for (size_t n; (n = std::fread(part, 1, sizeof part, file)) > 0;)
            content.append(part, n);
        std::fclose(file);
    }
    return content;
}

int main(int argc, char **argv)
{
    std::string port_text = "0", cert, key;
    bool async = false, tls = false;
    for (int i = 1; i < argc; i++) {
        const std::string arg = argv[i];
        const auto value = [&](const char *name) -> const char * {
            const std::string flag = std::string("--") + name;
            if (arg.compare(0, flag.size() + 1, flag + "=") == 0)
                return argv[i] + flag.size() + 1;
            return arg == flag && i + 1 < argc ? argv[++i] : nullptr;
        };
        if (arg == "--async")
            async = true;
        else if (const char *v = value("port"))
            port_text = v;
        else if (const char *v = value("use_tls"))
            tls = std::strcmp(v, "true") == 0;
        else if (const char *v = value("tls_cert_file"))
            cert = ReadFile(v);
        else if (const char *v = value("tls_key_file"))
            key = ReadFile(v);
        else {
            std::fprintf(stderr, "cpp-server: unknown flag %s\n", argv[i]);
            return 2;
        }
    }

    const std::string address = "127.0.0.1:" + port_text;
    int port = 0;
    if (async) {
        ServeAsync(address, &port);
        return 0;
    }
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
    if (tls) {
        grpc::SslServerCredentialsOptions options;
        options.pem_key_cert_pairs.push_back({key, cert});
        credentials = grpc::SslServerCredentials(options);
    }
    TestServiceImpl service;
    UnimplementedService::Service unimplemented;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, credentials, &port);
    builder.RegisterService(&service);
    builder.RegisterService(&unimplemented);
    auto server = builder.BuildAndStart();
    if (!server)
        return 1;
    std::printf("READY %d\n", port);
    std::fflush(stdout);
    server->Wait();
}
