// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/test/stream_fixture.h"

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

#include <filesystem>
#include <fstream>

namespace cardata::sim {
namespace {

std::string MakeFolder() {
  std::string folder = std::filesystem::temp_directory_path() / "cardata-sim-test-XXXXXX";
  return mkdtemp(folder.data());
}

std::string Pem(EVP_PKEY* key, bool is_private) {
  BIO* bio = BIO_new(BIO_s_mem());
  if (is_private) {
    PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  } else {
    PEM_write_bio_PUBKEY(bio, key);
  }
  char* data;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<size_t>(size));
  BIO_free(bio);
  return pem;
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string SelfSigned(EVP_PKEY* key) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate, key, EVP_sha256());
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  char* data;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<size_t>(size));
  BIO_free(bio);
  X509_free(certificate);
  return pem;
}

}  // namespace

TestKeys::TestKeys() : folder_(MakeFolder()) {
  EVP_PKEY* server = EVP_RSA_gen(2048);
  Write(key_file(), Pem(server, true));
  Write(certificate_file(), SelfSigned(server));
  EVP_PKEY* token = EVP_RSA_gen(2048);
  token_key_ = Pem(token, true);
  Write(token_public_key_file(), Pem(token, false));
  forged_key_ = Pem(server, true);
  EVP_PKEY_free(server);
  EVP_PKEY_free(token);
}

TestKeys::~TestKeys() { std::filesystem::remove_all(folder_); }

std::string TestKeys::Token(const Claims& claims) const {
  jwt_t* jwt = nullptr;
  jwt_new(&jwt);
  jwt_add_grant(jwt, "gcid", claims.gcid.c_str());
  const long now = time(nullptr);
  jwt_add_grant_int(jwt, "iat", now);
  jwt_add_grant_int(jwt, "exp", now + static_cast<long>(claims.lives_seconds));
  const std::string scope =
      claims.scope.empty() ? "read:streaming/*/" + claims.gcid + ".*" : claims.scope;
  jwt_add_grant(jwt, "dynamic_scopes", scope.c_str());
  std::string key = claims.forged ? forged_key_ : token_key_;
  if (claims.hmac) {
    std::ifstream file(token_public_key_file());
    key.assign(std::istreambuf_iterator<char>(file), {});
  }
  jwt_set_alg(jwt, claims.hmac ? JWT_ALG_HS256 : JWT_ALG_RS256,
              reinterpret_cast<const unsigned char*>(key.data()), static_cast<int>(key.size()));
  char* text = jwt_encode_str(jwt);
  std::string token = text == nullptr ? "" : text;
  free(text);
  jwt_free(jwt);
  return token;
}

const TestKeys& StreamTest::keys() {
  static const TestKeys keys;
  return keys;
}

StreamTest::StreamTest() : data_dir_(MakeFolder()), log_(Log::Level::kInfo) {
  auto broker = Broker::Start({.data_dir = data_dir_,
                               .plugin_file = CARDATA_SIM_PLUGIN,
                               .certificate_file = keys().certificate_file(),
                               .key_file = keys().key_file(),
                               .token_public_key_file = keys().token_public_key_file(),
                               .log = &log_});
  if (!broker.ok()) {
    ADD_FAILURE() << broker.status();
    abort();
  }
  broker_ = *std::move(broker);
}

StreamTest::~StreamTest() {
  broker_.reset();
  std::filesystem::remove_all(data_dir_);
}

MqttTestClient::Options StreamTest::Client(int version) const {
  return {.port = broker_->port(),
          .ca_file = keys().certificate_file(),
          .client_id = kGcid,
          .username = kGcid,
          .password = keys().Token(),
          .version = version};
}

std::unique_ptr<MqttTestClient> StreamTest::Live(int version, const std::string& gcid) const {
  MqttTestClient::Options options = Client(version);
  options.client_id = options.username = gcid;
  options.password = keys().Token({.gcid = gcid});
  auto client = std::make_unique<MqttTestClient>(options);
  EXPECT_EQ(client->Connect(), 0);
  EXPECT_EQ(client->Subscribe(gcid + "/+"), 0);
  return client;
}

}  // namespace cardata::sim
