// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>

namespace cardata {
namespace {

constexpr long kDay = 24L * 60 * 60;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* cert) const { X509_free(cert); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Cert = std::unique_ptr<X509, Free>;

void Extend(X509* cert, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) std::abort();
  X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
}

Cert Make(EVP_PKEY* key, const std::string& common_name, long serial) {
  Cert cert(X509_new());
  X509_set_version(cert.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), kDay);
  X509_set_pubkey(cert.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  return cert;
}

void Sign(X509* cert, X509* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(cert, X509_get_subject_name(issuer));
  if (X509_sign(cert, key, EVP_sha256()) == 0) std::abort();
}

template <class WriteFunction>
void WritePem(const std::string& path, WriteFunction write) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) std::abort();
  write(file);
  std::fclose(file);
}

}  // namespace

struct TestCa::Keys {
  Key key{EVP_EC_gen("P-256")};
  Cert cert;
};

TestCa::TestCa(const std::string& directory, const std::string& name)
    : prefix_(directory + "/" + name), keys_(std::make_unique<Keys>()) {
  keys_->cert = Make(keys_->key.get(), "test authority " + name, 1);
  Extend(keys_->cert.get(), keys_->cert.get(), NID_basic_constraints, "critical,CA:TRUE");
  Extend(keys_->cert.get(), keys_->cert.get(), NID_key_usage, "critical,keyCertSign");
  Sign(keys_->cert.get(), keys_->cert.get(), keys_->key.get());
  ca_file_ = prefix_ + ".pem";
  WritePem(ca_file_, [&](std::FILE* file) { PEM_write_X509(file, keys_->cert.get()); });
}

TestCa::~TestCa() = default;

TestCa::Certificate TestCa::Issue(const std::string& subject_alt_names, int days_left) {
  const Key key(EVP_EC_gen("P-256"));
  const std::string stem = prefix_ + "-" + std::to_string(++issued_);
  const Cert cert = Make(key.get(), "test server", 1 + issued_);
  if (days_left == 0) X509_gmtime_adj(X509_getm_notAfter(cert.get()), -kDay / 24);
  Extend(cert.get(), keys_->cert.get(), NID_subject_alt_name, subject_alt_names);
  Sign(cert.get(), keys_->cert.get(), keys_->key.get());
  Certificate files{stem + ".pem", stem + ".key"};
  WritePem(files.cert_file, [&](std::FILE* file) { PEM_write_X509(file, cert.get()); });
  WritePem(files.key_file, [&](std::FILE* file) {
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return files;
}

}  // namespace cardata
