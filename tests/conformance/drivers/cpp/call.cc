// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/drivers/cpp/call.h"

#include <functional>
#include <map>
#include <memory>

#include "tests/conformance/drivers/cpp/line.h"

namespace cardata::conformance {
namespace {

using client::Client;
using nlohmann::json;

using Method = std::function<grpc::Status(Client&, grpc::ClientContext&, const json& request,
                                          const std::string& name)>;

template <class Service, class Request, class Response>
Method MethodOf(Service& (Client::*service)(),
                grpc::Status (Service::*rpc)(grpc::ClientContext*, const Request&, Response*)) {
  return [=](Client& client, grpc::ClientContext& context, const json& parts,
             const std::string& name) {
    Request request;
    Parse(parts, request);
    Response response;
    grpc::Status status = ((client.*service)().*rpc)(&context, request, &response);
    if (status.ok()) TellResponse(name, response);
    return status;
  };
}

// Of a method whose response is a stream.
template <class Service, class Request, class Response>
Method MethodOf(Service& (Client::*service)(),
                std::unique_ptr<grpc::ClientReaderInterface<Response>> (Service::*rpc)(
                    grpc::ClientContext*, const Request&)) {
  return [=](Client& client, grpc::ClientContext& context, const json& parts,
             const std::string& name) {
    Request request;
    Parse(parts, request);
    const auto stream = ((client.*service)().*rpc)(&context, request);
    for (Response response; stream->Read(&response);) TellResponse(name, response);
    return stream->Finish();
  };
}

// C++ finds no method by its name: these are those that scenarios call.
const std::map<std::string, Method>& Methods() {
  using Auth = v1::AuthService::StubInterface;
  using Telematics = v1::TelematicsService::StubInterface;
  using Vehicles = v1::VehicleService::StubInterface;
  static const auto& methods = *new std::map<std::string, Method>{
      {"auth.GetAccount", MethodOf(&Client::auth, &Auth::GetAccount)},
      {"auth.RemoveAccount", MethodOf(&Client::auth, &Auth::RemoveAccount)},
      {"auth.StartDeviceAuthorization", MethodOf(&Client::auth, &Auth::StartDeviceAuthorization)},
      {"auth.WatchDeviceAuthorization", MethodOf(&Client::auth, &Auth::WatchDeviceAuthorization)},
      {"telematics.GetCurrentValues", MethodOf(&Client::telematics, &Telematics::GetCurrentValues)},
      {"vehicles.GetVehicle", MethodOf(&Client::vehicles, &Vehicles::GetVehicle)},
      {"vehicles.ListVehicles", MethodOf(&Client::vehicles, &Vehicles::ListVehicles)},
  };
  return methods;
}

}  // namespace

void Call(Client& client, const std::string& name, const std::string& method, const json& request,
          grpc::ClientContext& context) {
  const auto found = Methods().find(method);
  if (found == Methods().end()) Abort("the C++ driver must be taught " + method + ", in call.cc");
  TellEnd(name, found->second(client, context, request, name));
}

}  // namespace cardata::conformance
