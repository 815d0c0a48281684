// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/canary.h"

#include <google/protobuf/message_lite.h>
#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

using grpc::experimental::ClientRpcInfo;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;

class Canary : public Interceptor {
 public:
  // Only of our own methods is it known that what is received is a message, and no bytes.
  explicit Canary(std::string method)
      : method_(std::move(method)), is_ours_(absl::StartsWith(method_, "/cardata.")) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    using Point = InterceptionHookPoints;
    if (is_ours_ && methods->QueryInterceptionHookPoint(Point::POST_RECV_MESSAGE)) {
      const auto* message =
          static_cast<const google::protobuf::MessageLite*>(methods->GetRecvMessage());
      if (message != nullptr) Check("an answer", message->SerializeAsString());
    }
    if (methods->QueryInterceptionHookPoint(Point::POST_RECV_INITIAL_METADATA))
      Check(methods->GetRecvInitialMetadata());
    if (methods->QueryInterceptionHookPoint(Point::POST_RECV_STATUS)) {
      const grpc::Status* status = methods->GetRecvStatus();
      Check("an error's message", status->error_message());
      Check("an error's details", status->error_details());
      Check(methods->GetRecvTrailingMetadata());
    }
    methods->Proceed();
  }

 private:
  void Check(const std::multimap<grpc::string_ref, grpc::string_ref>* metadata) {
    if (metadata == nullptr) return;
    for (const auto& [name, value] : *metadata)
      Check("metadata", absl::string_view(value.data(), value.size()));
  }
  void Check(const char* what, absl::string_view text) {
    const std::string found = FindToken(text);
    if (!found.empty())
      ADD_FAILURE() << "a token in " << what << " of " << method_ << ": " << found;
  }

  const std::string method_;
  const bool is_ours_;
};

class CanaryFactory : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  Interceptor* CreateClientInterceptor(ClientRpcInfo* info) override {
    return new Canary(info->method());
  }
};

}  // namespace

std::string FindToken(absl::string_view text) {
  for (const absl::string_view mark : {kTokenPrefix, ".eyJ"}) {  // {" in base64: a JWT's claims
    const size_t at = text.find(mark);
    if (at == absl::string_view::npos) continue;
    const size_t begin = at < 80 ? 0 : at - 80;
    return std::string(text.substr(begin, at + 40 - begin));
  }
  return "";
}

std::vector<std::string> PersonalData(const nlohmann::json& accounts) {
  std::vector<std::string> found;
  for (const auto& account : accounts.at("accounts")) {
    found.push_back(account.at("gcid"));
    for (const auto& vehicle : account.at("vehicles")) found.push_back(vehicle.at("vin"));
  }
  return found;
}

std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
CanaryInterceptors() {
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<CanaryFactory>());
  return interceptors;
}

}  // namespace cardata
