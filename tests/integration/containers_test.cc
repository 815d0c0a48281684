// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/proto_time.h"
#include "tests/integration/fixture.h"

namespace cardata {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSoc[] = "vehicle.drivetrain.batteryManagement.header";
constexpr char kRange[] = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";

class ContainersTest : public IntegrationTest {
 protected:
  grpc::Status Create(const v1::CreateContainerRequest& request,
                      v1::CreateContainerResponse& response) {
    grpc::ClientContext context;
    return containers()->CreateContainer(&context, request, &response);
  }

  // A container that BMW takes; its id.
  std::string Create(const std::string& name) {
    v1::CreateContainerRequest request;
    request.set_name(name);
    request.set_purpose("a test");
    request.add_descriptor_ids(kSoc);
    request.add_descriptor_ids(kRange);
    v1::CreateContainerResponse response;
    const grpc::Status status = Create(request, response);
    EXPECT_TRUE(status.ok()) << client::Describe(status);
    return response.container().container_id();
  }

  grpc::Status Get(const std::string& id, v1::GetContainerResponse& response) {
    grpc::ClientContext context;
    v1::GetContainerRequest request;
    request.set_container_id(id);
    return containers()->GetContainer(&context, request, &response);
  }

  grpc::Status Delete(const std::string& id, v1::DeleteContainerResponse& response) {
    grpc::ClientContext context;
    v1::DeleteContainerRequest request;
    request.set_container_id(id);
    return containers()->DeleteContainer(&context, request, &response);
  }

  v1::ListContainersResponse List() {
    grpc::ClientContext context;
    v1::ListContainersResponse response;
    const grpc::Status status = containers()->ListContainers(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << client::Describe(status);
    return response;
  }
};

template <class Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status rich;
  rich.ParseFromString(status.error_details());
  Detail detail;
  for (const auto& each : rich.details())
    if (each.UnpackTo(&detail)) break;
  return detail;
}

TEST_F(ContainersTest, LiveFromCreateToDelete) {
  LogIn();
  EXPECT_THAT(List().containers(), IsEmpty());

  v1::CreateContainerRequest wanted;
  wanted.set_account("home");
  wanted.set_name("\"charge\" & Reichweite für später");
  wanted.set_purpose("a test");
  wanted.add_descriptor_ids(kSoc);
  wanted.add_descriptor_ids(kRange);
  v1::CreateContainerResponse made;
  const grpc::Status status = Create(wanted, made);
  ASSERT_TRUE(status.ok()) << client::Describe(status);
  const std::string id = made.container().container_id();
  EXPECT_EQ(id.size(), 13U);
  EXPECT_EQ(made.container().account(), "home");
  EXPECT_EQ(made.container().name(), wanted.name());
  EXPECT_EQ(made.container().purpose(), "a test");
  EXPECT_EQ(made.container().state(), "ACTIVE");
  EXPECT_LT(FromProto(made.container().create_time()), absl::Now() + absl::Hours(1));
  EXPECT_THAT(made.container().descriptor_ids(), ElementsAre(kSoc, kRange));
  EXPECT_EQ(made.read().requests_spent(), 1);
  EXPECT_EQ(made.read().source(), v1::READ_SOURCE_UPSTREAM);

  v1::GetContainerResponse got;
  ASSERT_TRUE(Get(id, got).ok());
  EXPECT_EQ(got.container().SerializeAsString(), made.container().SerializeAsString());
  EXPECT_EQ(got.read().requests_spent(), 1);

  const v1::ListContainersResponse listed = List();
  ASSERT_THAT(listed.containers(), SizeIs(1));
  EXPECT_EQ(listed.containers(0).container_id(), id);
  EXPECT_EQ(listed.containers(0).account(), "home");
  EXPECT_THAT(listed.containers(0).descriptor_ids(), IsEmpty());
  EXPECT_EQ(listed.read().requests_spent(), 1);

  v1::DeleteContainerResponse gone;
  ASSERT_TRUE(Delete(id, gone).ok());
  EXPECT_EQ(gone.read().requests_spent(), 1);
  EXPECT_THAT(List().containers(), IsEmpty());
  EXPECT_THAT(Answers("listContainers"), ElementsAre(200, 200, 200));
  EXPECT_THAT(Answers("createContainer"), ElementsAre(200));
  EXPECT_THAT(Answers("getContainerDetails"), ElementsAre(200));
  EXPECT_THAT(Answers("deleteContainer"), ElementsAre(204));
}

TEST_F(ContainersTest, DeletingTwiceIsSuccessAndReadingTheStateTellsIt) {
  LogIn();
  const std::string id = Create("short-lived");
  v1::DeleteContainerResponse gone;
  ASSERT_TRUE(Delete(id, gone).ok());
  const grpc::Status again = Delete(id, gone);
  EXPECT_TRUE(again.ok()) << client::Describe(again);
  EXPECT_THAT(Answers("deleteContainer"), ElementsAre(204, 208));
  v1::GetContainerResponse got;
  ASSERT_TRUE(Get(id, got).ok());
  EXPECT_EQ(got.container().state(), "DELETED");

  ASSERT_TRUE(
      simulator()
          .Patch("/switches", {{"list_deleted_containers", true}, {"deleted_state", "INACTIVE"}})
          .ok());
  const v1::ListContainersResponse listed = List();
  ASSERT_THAT(listed.containers(), SizeIs(1));
  EXPECT_EQ(listed.containers(0).state(), "INACTIVE");
}

TEST_F(ContainersTest, TakesBmwsDocumentedAnswerToACreation) {
  LogIn();
  ASSERT_TRUE(simulator().Patch("/switches", {{"create_answers_201", true}}).ok());
  EXPECT_THAT(Create("documented"), SizeIs(13));
  EXPECT_THAT(Answers("createContainer"), ElementsAre(201));
}

TEST_F(ContainersTest, TheEleventhIsAnErrorThatNamesTheLimit) {
  LogIn();
  for (int i = 0; i < 10; ++i) ASSERT_THAT(Create(absl::StrCat("no ", i)), SizeIs(13));
  v1::CreateContainerRequest request;
  request.set_name("one too many");
  request.set_purpose("a test");
  request.add_descriptor_ids(kSoc);
  v1::CreateContainerResponse response;
  const grpc::Status status = Create(request, response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(client::Reason(status), "CONTAINER_LIMIT_REACHED") << client::Describe(status);
  EXPECT_THAT(DetailOf<google::rpc::QuotaFailure>(status).violations(), SizeIs(1));
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).metadata().at("exveErrorId"), "CU-124");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).metadata().at("account"), "home");
}

TEST_F(ContainersTest, WhatBmwRefusesHasItsOwnReason) {
  LogIn();
  v1::CreateContainerRequest request;
  request.set_name("n");
  request.set_purpose("p");
  request.add_descriptor_ids("vehicle.thereIsNoSuchDescriptor");
  v1::CreateContainerResponse made;
  grpc::Status status = Create(request, made);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(client::Reason(status), "DESCRIPTOR_REFUSED") << client::Describe(status);

  ASSERT_TRUE(simulator().Patch("/switches", {{"largest_container", 1}}).ok());
  request.clear_descriptor_ids();
  request.add_descriptor_ids(kSoc);
  request.add_descriptor_ids(kRange);
  status = Create(request, made);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(client::Reason(status), "CONTAINER_REFUSED") << client::Describe(status);

  v1::GetContainerResponse got;
  v1::DeleteContainerResponse gone;
  for (const grpc::Status& each : {Get("AAAAAAAAAAAAA", got), Delete("AAAAAAAAAAAAA", gone)}) {
    EXPECT_EQ(each.error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(client::Reason(each), "CONTAINER_NOT_FOUND") << client::Describe(each);
    EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(each).metadata().at("containerId"), "AAAAAAAAAAAAA");
  }
}

// The POST that BMW refused made nothing, so it may be sent again.
TEST_F(ContainersTest, ARefusedTokenCostsOneMore) {
  LogIn();
  ASSERT_TRUE(
      simulator().Post("/faults", {{"operation", "createContainer"}, {"error", "CU-102"}}).ok());
  v1::CreateContainerRequest request;
  request.set_name("n");
  request.set_purpose("p");
  request.add_descriptor_ids(kSoc);
  v1::CreateContainerResponse response;
  const grpc::Status status = Create(request, response);
  ASSERT_TRUE(status.ok()) << client::Describe(status);
  EXPECT_EQ(response.read().requests_spent(), 2);
  EXPECT_THAT(Answers("createContainer"), SizeIs(2));
  EXPECT_THAT(List().containers(), SizeIs(1));
}

TEST_F(ContainersTest, AFailureOfBmwsIsNotTriedAgain) {
  LogIn();
  ASSERT_TRUE(
      simulator().Post("/faults", {{"operation", "createContainer"}, {"error", "CU-503"}}).ok());
  v1::CreateContainerRequest request;
  request.set_name("n");
  request.set_purpose("p");
  request.add_descriptor_ids(kSoc);
  v1::CreateContainerResponse response;
  const grpc::Status status = Create(request, response);
  EXPECT_EQ(client::Reason(status), "UPSTREAM_UNAVAILABLE") << client::Describe(status);
  EXPECT_THAT(Answers("createContainer"), ElementsAre(503));
}

TEST_F(ContainersTest, AMalformedRequestNamesItsFieldAndSpendsNothing) {
  LogIn();
  v1::CreateContainerRequest good;
  good.set_name("n");
  good.set_purpose("p");
  good.add_descriptor_ids(kSoc);
  struct Case {
    const char* field;
    std::function<void(v1::CreateContainerRequest&)> spoil;
  };
  const std::vector<Case> cases = {
      {"name", [](auto& request) { request.clear_name(); }},
      {"name", [](auto& request) { request.set_name(std::string(256, 'x')); }},
      {"purpose", [](auto& request) { request.clear_purpose(); }},
      {"descriptor_ids", [](auto& request) { request.clear_descriptor_ids(); }},
      {"descriptor_ids[1]", [](auto& request) { request.add_descriptor_ids("a b"); }},
      {"account", [](auto& request) { request.set_account("Not A Name"); }}};
  for (const Case& each : cases) {
    v1::CreateContainerRequest request = good;
    each.spoil(request);
    v1::CreateContainerResponse response;
    const grpc::Status status = Create(request, response);
    EXPECT_EQ(client::Reason(status), "INVALID_REQUEST") << each.field;
    const auto bad = DetailOf<google::rpc::BadRequest>(status);
    ASSERT_THAT(bad.field_violations(), SizeIs(1)) << each.field;
    EXPECT_EQ(bad.field_violations(0).field(), each.field);
  }
  v1::GetContainerResponse got;
  v1::DeleteContainerResponse gone;
  EXPECT_THAT(Get("short", got).error_message(), HasSubstr("container_id"));
  EXPECT_THAT(Delete("abcdefghijk01", gone).error_message(), HasSubstr("container_id"));
  EXPECT_THAT(Answers("createContainer"), IsEmpty());
  EXPECT_THAT(Answers("getContainerDetails"), IsEmpty());
  EXPECT_THAT(Answers("deleteContainer"), IsEmpty());
}

}  // namespace
}  // namespace cardata
