// SPDX-License-Identifier: MIT
//
// The interop client of the C++ peer: the official cases (grpc/grpc, doc/interop-test-descriptions.md) over libgrpc++,
// the four about compression included. Exit code 0: passed; 1: failed, with a sentence; 127: no such case.
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>

#include "grpc/testing/messages.pb.h"
#include "grpc/testing/test.grpc.pb.h"
#include "peer.h"

using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;
using namespace grpc::testing;
using Clock = std::chrono::steady_clock;

constexpr int kExitUnsupported = 127;
constexpr int kRequestSizes[] = {27182, 8, 1828, 45904};
constexpr int kResponseSizes[] = {31415, 9, 2653, 58979};
const std::string kInitialKey = "x-grpc-test-echo-initial",
                  kInitialValue = "test_initial_metadata_value";
const std::string kTrailingKey = "x-grpc-test-echo-trailing-bin", kTrailingValue = "\xab\xab\xab";
const std::string kSpecialMessage =
    "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001F608\t\n";

// An expectation that was not met; its text is a sentence for people.
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// ---- Channel

struct Connection {
    explicit Connection(const Flags &flags)
        : channel(NewChannel(flags)), stub(TestService::NewStub(channel))
    {
    }
    static std::shared_ptr<grpc::Channel> NewChannel(const Flags &flags)
    {
        const std::string target = flags.Text("server_host") + ":" + flags.Text("server_port");
        const std::string &name = flags.Text("server_host_override");
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL,
                         1); // a new channel is a new connection
        if (!name.empty())
            arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, name);
        if (!flags.True("use_tls"))
            return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
        grpc::SslCredentialsOptions options;
        if (flags.True("use_test_ca") || !flags.Text("ca_file").empty())
            options.pem_root_certs = ReadCertificate(flags.Text("ca_file"), "ca.pem");
        if (!name.empty())
            arguments.SetSslTargetNameOverride(name);
        return grpc::CreateCustomChannel(target, grpc::SslCredentials(options), arguments);
    }
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<TestService::Stub> stub;
};

// The context of a call with a deadline, so that no case hangs.
struct Call {
    explicit Call(std::chrono::milliseconds timeout = std::chrono::seconds(20))
    {
        context.set_deadline(std::chrono::system_clock::now() + timeout);
    }
    ClientContext context;
};

// ---- Expectations

static void Expect(bool met, const std::string &what)
{
    if (!met)
        throw Failure(what);
}

static void ExpectNumber(const std::string &what, long seen, long expected)
{
    Expect(seen == expected,
           what + ": expected " + std::to_string(expected) + ", seen " + std::to_string(seen));
}

static void ExpectStatus(const std::string &what, const Status &status, StatusCode code)
{
    Expect(status.error_code() == code, what + ": expected status " + std::to_string(code) +
                                            ", seen status " + std::to_string(status.error_code()) +
                                            " \"" + status.error_message() + "\"");
}

static void ExpectStatus(const std::string &what, const Status &status, StatusCode code,
                         const std::string &message)
{
    ExpectStatus(what, status, code);
    Expect(status.error_message() == message, what + ": expected the message \"" + message +
                                                  "\", seen \"" + status.error_message() + "\"");
}

static void ExpectPayload(const std::string &what, const Payload &payload, int size)
{
    ExpectNumber(what + ": the payload's type", payload.type(), COMPRESSABLE);
    ExpectNumber(what + ": the payload's size", static_cast<long>(payload.body().size()), size);
    Expect(payload.body().find_first_not_of('\0') == std::string::npos,
           what + ": expected a payload of zeros, seen other octets");
}

static void ExpectCompressed(const std::string &what, const ClientContext &context, bool expected)
{
    ExpectNumber(what + ": the message's compressed flag",
                 InteropClientContextInspector::WasCompressed(context), expected);
}

static void ExpectEntry(const std::string &what,
                        const std::multimap<grpc::string_ref, grpc::string_ref> &metadata,
                        const std::string &key, const std::string &value)
{
    ExpectNumber(what + ": entries " + key, static_cast<long>(metadata.count(key)), 1);
    Expect(metadata.find(key)->second == value,
           what + ": expected " + key + " with the value sent, seen another");
}

static void ExpectEcho(const std::string &what, const ClientContext &context)
{
    ExpectEntry(what + ", initial metadata", context.GetServerInitialMetadata(), kInitialKey,
                kInitialValue);
    ExpectEntry(what + ", trailing metadata", context.GetServerTrailingMetadata(), kTrailingKey,
                kTrailingValue);
}

// The next message of a stream; a failed call says so by its status.
template <typename Stream>
static StreamingOutputCallResponse ExpectMessage(const std::string &what, Stream &stream)
{
    StreamingOutputCallResponse response;
    if (!stream.Read(&response)) {
        const Status status = stream.Finish();
        throw Failure(what + ": expected a message, seen the end of the call with status " +
                      std::to_string(status.error_code()) + " \"" + status.error_message() + "\"");
    }
    return response;
}

template <typename Stream> static Status ExpectNoMessage(const std::string &what, Stream &stream)
{
    StreamingOutputCallResponse response;
    Expect(!stream.Read(&response), what + ": expected no more messages, seen another one");
    return stream.Finish();
}

// ---- Verbs

static std::string Zeros(int size)
{
    return std::string(static_cast<size_t>(size), '\0');
}

static SimpleRequest LargeRequest()
{
    SimpleRequest request;
    request.set_response_size(314159);
    request.mutable_payload()->set_body(Zeros(271828));
    return request;
}

static StreamingOutputCallRequest DuplexRequest(int response_size, int payload_size)
{
    StreamingOutputCallRequest request;
    request.add_response_parameters()->set_size(response_size);
    request.mutable_payload()->set_body(Zeros(payload_size));
    return request;
}

// A UnaryCall of the official sizes that must succeed.
static void ExpectLargeUnary(Connection &connection, ClientContext &context,
                             const SimpleRequest &request)
{
    SimpleResponse response;
    ExpectStatus("UnaryCall", connection.stub->UnaryCall(&context, request, &response),
                 StatusCode::OK);
    ExpectPayload("UnaryCall", response.payload(), 314159);
}

// The connection is there, and what was begun before on it has gone out.
static void ExpectServes(Connection &connection)
{
    Call call;
    Empty response;
    ExpectStatus("EmptyCall", connection.stub->EmptyCall(&call.context, Empty(), &response),
                 StatusCode::OK);
}

// ---- Unary

static void EmptyUnary(Connection &connection, const Flags &)
{
    ExpectServes(connection);
}

static void LargeUnary(Connection &connection, const Flags &)
{
    Call call;
    ExpectLargeUnary(connection, call.context, LargeRequest());
}

static void ClientCompressedUnary(Connection &connection, const Flags &)
{
    SimpleRequest request = LargeRequest();
    SimpleResponse response;
    request.mutable_expect_compressed()->set_value(true);
    Call probe;
    probe.context.set_compression_algorithm(GRPC_COMPRESS_NONE);
    ExpectStatus("probe: an uncompressed message announced as compressed",
                 connection.stub->UnaryCall(&probe.context, request, &response),
                 StatusCode::INVALID_ARGUMENT);
    for (const bool compressed : {true, false}) {
        Call call;
        call.context.set_compression_algorithm(compressed ? GRPC_COMPRESS_GZIP
                                                          : GRPC_COMPRESS_NONE);
        request.mutable_expect_compressed()->set_value(compressed);
        ExpectLargeUnary(connection, call.context, request);
    }
}

static void ServerCompressedUnary(Connection &connection, const Flags &)
{
    for (const bool compressed : {true, false}) {
        Call call;
        SimpleRequest request = LargeRequest();
        request.mutable_response_compressed()->set_value(compressed);
        ExpectLargeUnary(connection, call.context, request);
        ExpectCompressed("UnaryCall", call.context, compressed);
    }
}

// ---- Streaming

static void ClientStreaming(Connection &connection, const Flags &)
{
    Call call;
    StreamingInputCallResponse response;
    auto stream = connection.stub->StreamingInputCall(&call.context, &response);
    for (const int size : kRequestSizes) {
        StreamingInputCallRequest request;
        request.mutable_payload()->set_body(Zeros(size));
        stream->Write(request); // false: the call has ended, and its status says why
    }
    stream->WritesDone();
    ExpectStatus("StreamingInputCall", stream->Finish(), StatusCode::OK);
    ExpectNumber("aggregated_payload_size", response.aggregated_payload_size(), 74922);
}

static bool SendInput(grpc::ClientWriter<StreamingInputCallRequest> &stream, int size, bool expect,
                      bool compress)
{
    StreamingInputCallRequest request;
    grpc::WriteOptions options;
    request.mutable_expect_compressed()->set_value(expect);
    request.mutable_payload()->set_body(Zeros(size));
    if (!compress)
        options.set_no_compression();
    return stream.Write(request, options);
}

static void ClientCompressedStreaming(Connection &connection, const Flags &)
{
    StreamingInputCallResponse response;
    Call probe, call;
    auto probing = connection.stub->StreamingInputCall(&probe.context, &response);
    SendInput(*probing, 27182, true, false);
    probing->WritesDone();
    ExpectStatus("probe: an uncompressed message announced as compressed", probing->Finish(),
                 StatusCode::INVALID_ARGUMENT);

    call.context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    auto stream = connection.stub->StreamingInputCall(&call.context, &response);
    SendInput(*stream, 27182, true, true);
    SendInput(*stream, 45904, false, false);
    stream->WritesDone();
    ExpectStatus("StreamingInputCall", stream->Finish(), StatusCode::OK);
    ExpectNumber("aggregated_payload_size", response.aggregated_payload_size(), 73086);
}

static void ServerStreaming(Connection &connection, const Flags &)
{
    Call call;
    StreamingOutputCallRequest request;
    for (const int size : kResponseSizes)
        request.add_response_parameters()->set_size(size);
    auto stream = connection.stub->StreamingOutputCall(&call.context, request);
    for (const int size : kResponseSizes)
        ExpectPayload("StreamingOutputCall",
                      ExpectMessage("StreamingOutputCall", *stream).payload(), size);
    ExpectStatus("StreamingOutputCall", ExpectNoMessage("StreamingOutputCall", *stream),
                 StatusCode::OK);
}

static void ServerCompressedStreaming(Connection &connection, const Flags &)
{
    const struct {
        int size;
        bool compressed;
    } wanted[] = {{31415, true}, {92653, false}};
    Call call;
    StreamingOutputCallRequest request;
    for (const auto &one : wanted) {
        ResponseParameters *parameters = request.add_response_parameters();
        parameters->set_size(one.size);
        parameters->mutable_compressed()->set_value(one.compressed);
    }
    auto stream = connection.stub->StreamingOutputCall(&call.context, request);
    for (const auto &one : wanted) {
        ExpectPayload("StreamingOutputCall",
                      ExpectMessage("StreamingOutputCall", *stream).payload(), one.size);
        ExpectCompressed("StreamingOutputCall", call.context, one.compressed);
    }
    ExpectStatus("StreamingOutputCall", ExpectNoMessage("StreamingOutputCall", *stream),
                 StatusCode::OK);
}

static void PingPong(Connection &connection, const Flags &)
{
    Call call;
    auto stream = connection.stub->FullDuplexCall(&call.context);
    for (size_t i = 0; i < std::size(kRequestSizes); i++) {
        stream->Write(DuplexRequest(kResponseSizes[i], kRequestSizes[i]));
        ExpectPayload("FullDuplexCall", ExpectMessage("FullDuplexCall", *stream).payload(),
                      kResponseSizes[i]);
    }
    stream->WritesDone();
    ExpectStatus("FullDuplexCall", ExpectNoMessage("FullDuplexCall", *stream), StatusCode::OK);
}

static void EmptyStream(Connection &connection, const Flags &)
{
    Call call;
    auto stream = connection.stub->FullDuplexCall(&call.context);
    stream->WritesDone();
    ExpectStatus("FullDuplexCall", ExpectNoMessage("FullDuplexCall", *stream), StatusCode::OK);
}

// ---- Metadata and status

static void CustomMetadata(Connection &connection, const Flags &)
{
    Call unary, duplex;
    for (Call *call : {&unary, &duplex}) {
        call->context.AddMetadata(kInitialKey, kInitialValue);
        call->context.AddMetadata(kTrailingKey, kTrailingValue);
    }
    ExpectLargeUnary(connection, unary.context, LargeRequest());
    ExpectEcho("UnaryCall", unary.context);

    auto stream = connection.stub->FullDuplexCall(&duplex.context);
    stream->Write(DuplexRequest(314159, 271828));
    stream->WritesDone();
    ExpectPayload("FullDuplexCall", ExpectMessage("FullDuplexCall", *stream).payload(), 314159);
    ExpectStatus("FullDuplexCall", ExpectNoMessage("FullDuplexCall", *stream), StatusCode::OK);
    ExpectEcho("FullDuplexCall", duplex.context);
}

static void ExpectUnaryStatus(Connection &connection, StatusCode code, const std::string &message)
{
    Call call;
    SimpleRequest request;
    SimpleResponse response;
    request.mutable_response_status()->set_code(code);
    request.mutable_response_status()->set_message(message);
    ExpectStatus("UnaryCall", connection.stub->UnaryCall(&call.context, request, &response), code,
                 message);
}

static void StatusCodeAndMessage(Connection &connection, const Flags &)
{
    const std::string message = "test status message";
    ExpectUnaryStatus(connection, StatusCode::UNKNOWN, message);

    Call call;
    StreamingOutputCallRequest request;
    request.mutable_response_status()->set_code(StatusCode::UNKNOWN);
    request.mutable_response_status()->set_message(message);
    auto stream = connection.stub->FullDuplexCall(&call.context);
    stream->Write(request);
    stream->WritesDone();
    ExpectStatus("FullDuplexCall", ExpectNoMessage("FullDuplexCall", *stream), StatusCode::UNKNOWN,
                 message);
}

static void SpecialStatusMessage(Connection &connection, const Flags &)
{
    ExpectUnaryStatus(connection, StatusCode::UNKNOWN, kSpecialMessage);
}

static void UnimplementedMethod(Connection &connection, const Flags &)
{
    Call call;
    Empty response;
    ExpectStatus("UnimplementedCall",
                 connection.stub->UnimplementedCall(&call.context, Empty(), &response),
                 StatusCode::UNIMPLEMENTED);
}

static void UnknownService(Connection &connection, const Flags &)
{
    Call call;
    Empty response;
    auto stub = UnimplementedService::NewStub(connection.channel);
    ExpectStatus("UnimplementedService", stub->UnimplementedCall(&call.context, Empty(), &response),
                 StatusCode::UNIMPLEMENTED);
}

// ---- Cancellation and deadline

static void CancelAfterBegin(Connection &connection, const Flags &)
{
    Call call;
    StreamingInputCallResponse response;
    auto stream = connection.stub->StreamingInputCall(&call.context, &response);
    ExpectServes(connection);
    call.context.TryCancel();
    ExpectStatus("StreamingInputCall", stream->Finish(), StatusCode::CANCELLED);
    ExpectServes(connection);
}

static void CancelAfterFirstResponse(Connection &connection, const Flags &)
{
    Call call;
    auto stream = connection.stub->FullDuplexCall(&call.context);
    stream->Write(DuplexRequest(kResponseSizes[0], kRequestSizes[0]));
    ExpectPayload("FullDuplexCall", ExpectMessage("FullDuplexCall", *stream).payload(),
                  kResponseSizes[0]);
    call.context.TryCancel();
    ExpectStatus("FullDuplexCall", ExpectNoMessage("FullDuplexCall", *stream),
                 StatusCode::CANCELLED);
    ExpectServes(connection);
}

// Nothing is asked of the server, so it sleeps; the connection is there before, so it can hear of the call.
static void TimeoutOnSleepingServer(Connection &connection, const Flags &)
{
    ExpectServes(connection);
    Call call(std::chrono::milliseconds(1));
    StreamingOutputCallRequest request;
    request.mutable_payload()->set_body(Zeros(27182));
    auto stream = connection.stub->FullDuplexCall(&call.context);
    stream->Write(request);
    ExpectStatus("FullDuplexCall", ExpectNoMessage("FullDuplexCall", *stream),
                 StatusCode::DEADLINE_EXCEEDED);
    ExpectServes(connection);
}

// ---- Soak

static void SoakCall(Connection &connection, const Flags &flags)
{
    Call call;
    SimpleRequest request;
    SimpleResponse response;
    request.set_response_size(flags.Number("soak_response_size"));
    request.mutable_payload()->set_body(Zeros(flags.Number("soak_request_size")));
    const Clock::time_point begun = Clock::now();
    ExpectStatus("UnaryCall", connection.stub->UnaryCall(&call.context, request, &response),
                 StatusCode::OK);
    ExpectPayload("UnaryCall", response.payload(), request.response_size());
    const long took_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count();
    Expect(took_ms <= flags.Number("soak_per_iteration_max_acceptable_latency_ms"),
           "UnaryCall: took " + std::to_string(took_ms) + " ms");
}

static void Soak(const Flags &flags, const std::function<void()> &call)
{
    const Clock::time_point until = Clock::now() + std::chrono::seconds(flags.Number(
                                                       "soak_overall_timeout_seconds"));
    int failures = 0;
    for (int i = 0; i < flags.Number("soak_iterations"); i++) {
        Expect(Clock::now() < until, "expected all iterations in time, seen " + std::to_string(i));
        try {
            call();
        } catch (const Failure &failure) {
            if (++failures > flags.Number("soak_max_failures"))
                throw;
            std::fprintf(stderr, "soak iteration %d: %s\n", i, failure.what());
        }
    }
}

static void RpcSoak(Connection &connection, const Flags &flags)
{
    Soak(flags, [&] { SoakCall(connection, flags); });
}

static void ChannelSoak(Connection &, const Flags &flags)
{
    Soak(flags, [&] {
        Connection connection(flags);
        SoakCall(connection, flags);
    });
}

// ---- Program

static const std::map<std::string, void (*)(Connection &, const Flags &)> kCases = {
    {"empty_unary", EmptyUnary},
    {"large_unary", LargeUnary},
    {"client_compressed_unary", ClientCompressedUnary},
    {"server_compressed_unary", ServerCompressedUnary},
    {"client_streaming", ClientStreaming},
    {"client_compressed_streaming", ClientCompressedStreaming},
    {"server_streaming", ServerStreaming},
    {"server_compressed_streaming", ServerCompressedStreaming},
    {"ping_pong", PingPong},
    {"empty_stream", EmptyStream},
    {"custom_metadata", CustomMetadata},
    {"status_code_and_message", StatusCodeAndMessage},
    {"special_status_message", SpecialStatusMessage},
    {"unimplemented_method", UnimplementedMethod},
    {"unimplemented_service", UnknownService},
    {"cancel_after_begin", CancelAfterBegin},
    {"cancel_after_first_response", CancelAfterFirstResponse},
    {"timeout_on_sleeping_server", TimeoutOnSleepingServer},
    {"rpc_soak", RpcSoak},
    {"channel_soak", ChannelSoak},
};

int main(int argc, char **argv)
{
    const Flags flags({{"server_host", "localhost"},
                       {"server_port", "10000"},
                       {"server_host_override", ""},
                       {"test_case", "large_unary"},
                       {"use_tls", "false"},
                       {"use_test_ca", "false"},
                       {"ca_file", ""},
                       {"soak_iterations", "10"},
                       {"soak_max_failures", "0"},
                       {"soak_per_iteration_max_acceptable_latency_ms", "1000"},
                       {"soak_overall_timeout_seconds", "10"},
                       {"soak_request_size", "271828"},
                       {"soak_response_size", "314159"}},
                      argc, argv);
    const std::string &name = flags.Text("test_case");
    const auto found = kCases.find(name);
    if (found == kCases.end()) {
        std::fprintf(stderr, "test case \"%s\" is unsupported: no such case here\n", name.c_str());
        return kExitUnsupported;
    }
    try {
        Connection connection(flags);
        found->second(connection, flags);
    } catch (const Failure &failure) {
        std::printf("FAILED: %s: %s\n", name.c_str(), failure.what());
        return 1;
    }
    std::printf("OK: %s\n", name.c_str());
    return 0;
}
