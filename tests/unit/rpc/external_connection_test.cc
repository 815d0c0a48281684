// SPDX-License-Identifier: Apache-2.0
// What the gateway takes for granted of gRPC's servers that accept connections from elsewhere.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "server/listen/acceptor.h"
#include "server/rpc/external_connections.h"
#include "tests/support/null_log.h"

namespace cardata {
namespace {

TEST(ExternalConnectionTest, TheCallKnowsItsPeer) {
  grpc::ServerBuilder builder;
  const auto connections = AddExternalConnections(builder, grpc::InsecureServerCredentials());
  grpc::AsyncGenericService service;
  builder.RegisterAsyncGenericService(&service);
  const auto queue = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  ASSERT_TRUE(server);
  SystemClock clock;
  NullLog log;
  auto listener = Listener::Bind("127.0.0.1:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  auto acceptor =
      std::make_unique<Acceptor>(*std::move(listener), 10, clock, log, GiveTo(*connections));

  grpc::GenericServerContext context;
  grpc::GenericServerAsyncReaderWriter stream(&context);
  service.RequestCall(&context, &stream, queue.get(), queue.get(), nullptr);
  std::thread client([port = acceptor->port()] {
    grpc::GenericStub stub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
    grpc::ClientContext call_context;
    grpc::CompletionQueue call_queue;
    const grpc::Slice empty;
    const grpc::ByteBuffer request(&empty, 1);
    const auto call = stub.PrepareUnaryCall(&call_context, "/any/Method", request, &call_queue);
    grpc::ByteBuffer response;
    grpc::Status status;
    call->StartCall();
    call->Finish(&response, &status, nullptr);
    void* tag;
    bool ok;
    call_queue.Next(&tag, &ok);
  });
  void* tag;
  bool ok = false;
  ASSERT_TRUE(queue->Next(&tag, &ok));
  EXPECT_TRUE(ok);
  EXPECT_EQ(context.peer().rfind("ipv4:127.0.0.1:", 0), 0u) << context.peer();
  stream.Finish(grpc::Status::OK, nullptr);
  queue->Next(&tag, &ok);
  client.join();
  acceptor.reset();
  server->Shutdown();
  queue->Shutdown();
  while (queue->Next(&tag, &ok)) continue;
}

}  // namespace
}  // namespace cardata
