// SPDX-License-Identifier: Apache-2.0
#include "server/reflection/descriptor_database.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

class FirstError : public google::protobuf::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element,
                const google::protobuf::Message*, ErrorLocation,
                const std::string& message) override {
    if (status_.ok())
      status_ = absl::InvalidArgumentError(absl::StrCat(file, ": ", element, ": ", message));
  }
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

}  // namespace

absl::StatusOr<DescriptorDatabase> DescriptorDatabase::Create(absl::string_view set) {
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromArray(set.data(), static_cast<int>(set.size())))
    return absl::InvalidArgumentError("these bytes are not a google.protobuf.FileDescriptorSet");
  DescriptorDatabase database;
  for (auto& file : *files.mutable_file())
    if (absl::Status added = database.Add(std::move(file)); !added.ok()) return added;
  std::sort(database.services_.begin(), database.services_.end());
  return database;
}

absl::Status DescriptorDatabase::Add(google::protobuf::FileDescriptorProto file) {
  std::string bytes = file.SerializeAsString();
  file.clear_source_code_info();  // the pool would keep a second copy
  FirstError error;
  const FileDescriptor* built = pool_->BuildFileCollectingErrors(file, &error);
  if (built == nullptr) return error.status();
  bytes_[built->name()] = std::move(bytes);
  for (int i = 0; i < built->service_count(); ++i)
    services_.push_back(built->service(i)->full_name());
  return absl::OkStatus();
}

DescriptorDatabase::Files DescriptorDatabase::FindFile(const std::string& name) const {
  const FileDescriptor* file = pool_->FindFileByName(name);
  if (file == nullptr) return absl::NotFoundError(absl::StrCat("there is no file \"", name, "\""));
  return WithImports(file);
}

DescriptorDatabase::Files DescriptorDatabase::FindSymbol(const std::string& symbol) const {
  const FileDescriptor* file = pool_->FindFileContainingSymbol(symbol);
  if (file == nullptr)
    return absl::NotFoundError(absl::StrCat("nothing is called \"", symbol, "\""));
  return WithImports(file);
}

DescriptorDatabase::Files DescriptorDatabase::FindExtension(const std::string& type,
                                                            int number) const {
  const Descriptor* message = pool_->FindMessageTypeByName(type);
  const FieldDescriptor* extension =
      message == nullptr ? nullptr : pool_->FindExtensionByNumber(message, number);
  if (extension == nullptr)
    return absl::NotFoundError(
        absl::StrCat("there is no extension ", number, " of a message \"", type, "\""));
  return WithImports(extension->file());
}

absl::StatusOr<std::vector<int>> DescriptorDatabase::ExtensionNumbers(
    const std::string& type) const {
  const Descriptor* message = pool_->FindMessageTypeByName(type);
  if (message == nullptr)
    return absl::NotFoundError(absl::StrCat("there is no message \"", type, "\""));
  std::vector<const FieldDescriptor*> extensions;
  pool_->FindAllExtensions(message, &extensions);
  std::vector<int> numbers;
  numbers.reserve(extensions.size());
  for (const FieldDescriptor* extension : extensions) numbers.push_back(extension->number());
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<std::string> DescriptorDatabase::WithImports(const FileDescriptor* file) const {
  std::vector<const FileDescriptor*> files = {file};
  absl::flat_hash_set<const FileDescriptor*> seen = {file};
  for (size_t next = 0; next < files.size(); ++next) {
    const FileDescriptor* importing = files[next];
    for (int i = 0; i < importing->dependency_count(); ++i)
      if (seen.insert(importing->dependency(i)).second) files.push_back(importing->dependency(i));
  }
  std::vector<std::string> bytes;
  bytes.reserve(files.size());
  for (const FileDescriptor* each : files) bytes.push_back(bytes_.at(each->name()));
  return bytes;
}

}  // namespace cardata
