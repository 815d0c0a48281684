// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/check.h"

#include <chrono>

#include "absl/time/clock.h"
#include "clients/cpp/error.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"

namespace cardata::client {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckResponse;
using grpc::reflection::v1::ServerReflection;
using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;

std::chrono::system_clock::time_point In(absl::Duration patience) {
  return absl::ToChronoTime(absl::Now() + patience);
}

}  // namespace

grpc::Status Check(const std::shared_ptr<grpc::Channel>& channel, absl::Duration patience,
                   std::ostream& out) {
  // Whatever comes of it: the call says why there is no connection, which one that waits for it
  // would not.
  channel->WaitForConnected(In(patience));
  grpc::ClientContext health_context;
  health_context.set_deadline(In(patience));
  HealthCheckResponse health;
  const grpc::Status checked = Health::NewStub(channel)->Check(&health_context, {}, &health);
  if (!checked.ok()) return checked;
  out << "health: " << HealthCheckResponse::ServingStatus_Name(health.status()) << std::endl;
  if (health.status() != HealthCheckResponse::SERVING)
    return {grpc::StatusCode::UNAVAILABLE, "it does not serve"};

  grpc::ClientContext context;
  context.set_deadline(In(patience));
  const auto stub = ServerReflection::NewStub(channel);
  const auto stream = stub->ServerReflectionInfo(&context);
  ServerReflectionRequest request;
  request.set_list_services("*");
  ServerReflectionResponse response;
  if (stream->Write(request) && stream->WritesDone() && stream->Read(&response)) {
    for (const auto& service : response.list_services_response().service())
      out << "service: " << Printable(service.name()) << std::endl;
  }
  return stream->Finish();
}

}  // namespace cardata::client
