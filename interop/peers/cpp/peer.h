// SPDX-License-Identifier: MIT
//
// What the two programs of the C++ peer have in common: the official flags, the gRPC project's test certificates, and
// the friends of libgrpc++ by which interop programs see whether a message came compressed.
#pragma once

#include <glob.h>
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

struct grpc_call;
uint32_t
grpc_call_test_only_get_message_flags(grpc_call *call); // exported by libgrpc for exactly this use

namespace grpc
{
namespace testing
{
inline bool LastMessageWasCompressed(grpc_call *call)
{
    constexpr uint32_t kCompressed = 0xC0000000u;
    return (grpc_call_test_only_get_message_flags(call) & kCompressed) != 0;
}

// libgrpc++ names these two classes as friends; they are for each interop program to write.
struct InteropServerContextInspector {
    static bool WasCompressed(const ServerContextBase &context)
    {
        return LastMessageWasCompressed(context.call_.call);
    }
};

struct InteropClientContextInspector {
    static bool WasCompressed(const ClientContext &context)
    {
        return LastMessageWasCompressed(context.call_);
    }
};
} // namespace testing
} // namespace grpc

// Flags by name, with their defaults; --name=value and --name value, and --name alone for "true".
class Flags
{
  public:
    Flags(std::map<std::string, std::string> values, int argc, char **argv)
        : values_(std::move(values))
    {
        for (int i = 1; i < argc; i++)
            i += Take(argv[i], i + 1 < argc ? argv[i + 1] : nullptr);
    }
    const std::string &Text(const std::string &name) const
    {
        return values_.at(name);
    }
    int Number(const std::string &name) const
    {
        return std::atoi(Text(name).c_str());
    }
    bool True(const std::string &name) const
    {
        return Text(name) == "true";
    }

  private:
    // Returns how many of the arguments after this one it took.
    int Take(const std::string &arg, const char *next)
    {
        const size_t dashes = arg.find_first_not_of('-');
        const size_t equals = arg.find('=');
        const auto flag = dashes == std::string::npos
                              ? values_.end()
                              : values_.find(arg.substr(dashes, equals - dashes));
        if (dashes == 0 || flag == values_.end()) {
            std::fprintf(stderr, "unknown flag %s\n", arg.c_str());
            std::exit(2);
        }
        if (equals != std::string::npos) {
            flag->second = arg.substr(equals + 1);
            return 0;
        }
        const bool is_truth = flag->second == "true" || flag->second == "false";
        if (next == nullptr || (is_truth && next[0] == '-')) {
            flag->second = "true";
            return 0;
        }
        flag->second = next;
        return 1;
    }
    std::map<std::string, std::string> values_;
};

inline std::string ReadFile(const std::string &path)
{
    std::string content;
    FILE *file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
        std::perror(path.c_str());
        std::exit(2);
    }
    char part[4096];
    for (size_t n; (n = std::fread(part, 1, sizeof part, file)) > 0;)
        content.append(part, n);
    std::fclose(file);
    return content;
}

// The content of the file, or where none is named, of the gRPC project's file `name`.
inline std::string ReadCertificate(const std::string &path, const char *name)
{
    if (!path.empty())
        return ReadFile(path);
    const char *own = std::getenv("GRPCREF_TESTDATA");
    const std::string folder =
        own ? own : "/usr/lib/*/rubygems-integration/*/gems/grpc-*/src/ruby/spec/testdata";
    glob_t found;
    if (glob((folder + "/" + name).c_str(), 0, nullptr, &found) != 0) {
        std::fprintf(
            stderr,
            "%s is not on this machine (Debian's ruby-grpc has it): name your own by a flag\n",
            name);
        std::exit(2);
    }
    const std::string content = ReadFile(found.gl_pathv[0]);
    globfree(&found);
    return content;
}
