// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/check.h"

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

void BePatient(grpc::ClientContext& context, absl::Duration patience) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
  context.set_wait_for_ready(true);
}

}  // namespace

grpc::Status Check(const std::shared_ptr<grpc::Channel>& channel, absl::Duration patience,
                   std::ostream& out) {
  grpc::ClientContext health_context;
  BePatient(health_context, patience);
  HealthCheckResponse health;
  const grpc::Status checked = Health::NewStub(channel)->Check(&health_context, {}, &health);
  if (!checked.ok()) return checked;
  out << "health: " << HealthCheckResponse::ServingStatus_Name(health.status()) << std::endl;
  if (health.status() != HealthCheckResponse::SERVING)
    return {grpc::StatusCode::UNAVAILABLE, "it does not serve"};

  grpc::ClientContext context;
  BePatient(context, patience);
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
