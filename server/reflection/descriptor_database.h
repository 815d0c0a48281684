// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cardata {

// Proto files, found by what they declare. They are handed out as they came, with their comments.
// Thread-safe once created.
class DescriptorDatabase {
 public:
  // `set` is a serialised google.protobuf.FileDescriptorSet in which each file comes after those
  // that it imports, as protoc writes it with --include_imports. INVALID_ARGUMENT if it is not.
  static absl::StatusOr<DescriptorDatabase> Create(absl::string_view set);

  // The full names of all services, in order.
  const std::vector<std::string>& services() const { return services_; }

  // Serialised FileDescriptorProtos: first the one that was asked for, then all that it imports,
  // directly or not, each once. NOT_FOUND says what there is not.
  using Files = absl::StatusOr<std::vector<std::string>>;
  Files FindFile(const std::string& name) const;
  // By the full name of a service, method, message, field, oneof, enum, enum value or extension.
  // (An enum's values are named like its neighbours: `package.VALUE`.)
  Files FindSymbol(const std::string& symbol) const;
  // By the full name of the message that is extended.
  Files FindExtension(const std::string& type, int number) const;

  // The numbers of all extensions of a message, ascending; none is a good answer. NOT_FOUND if
  // there is no such message.
  absl::StatusOr<std::vector<int>> ExtensionNumbers(const std::string& type) const;

 private:
  DescriptorDatabase() = default;
  absl::Status Add(google::protobuf::FileDescriptorProto file);
  std::vector<std::string> WithImports(const google::protobuf::FileDescriptor* file) const;

  std::unique_ptr<google::protobuf::DescriptorPool> pool_ =
      std::make_unique<google::protobuf::DescriptorPool>();
  absl::flat_hash_map<std::string, std::string> bytes_;  // by the file's name
  std::vector<std::string> services_;
};

}  // namespace cardata
