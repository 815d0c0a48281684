// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/basic_data.h"

#include "tests/simulator/rest/timestamps.h"

namespace cardata::sim {
namespace {

using nlohmann::ordered_json;

struct Model {
  const char* brand;
  const char* series;
  const char* series_development;
  const char* name;
  const char* key;
  const char* body;
  int doors;
  const char* engine;
  const char* drive_train;
  const char* propulsion;
  const char* colour_raw;
  const char* colour;
  const char* equipment;
  const char* capacity_ah;  // gross; nullptr: nothing to charge
  const char* energy_kwh;
};

constexpr Model kElectric = {"BMW",
                             "5",
                             "G60",
                             "i5 eDrive40",
                             "51FL",
                             "Sedan",
                             4,
                             "HA0001",
                             "BEV",
                             "EL",
                             "C4P",
                             "Cape York Green",
                             "1CE,1CR,248,2VB,302,313,322,3AC,403,420,423,430,431,459,481,493,4AA,"
                             "4NB,508,534,544,548,5AU,5DN,609,654,676,6AE,6AF,6AK,6C4,6U3,8R9",
                             "210.6",
                             "81.2"};
constexpr Model kPlugIn = {
    "BMW",
    "X5",
    "G05",
    "X5 xDrive50e",
    "31EV",
    "SUV",
    5,
    "B58B",
    "PHEV",
    "BE",
    "475",
    "Black Sapphire",
    "1CB,1CE,248,2VB,302,316,322,3AC,402,420,430,431,459,481,494,4FL,4NB,508,"
    "534,544,5AU,5DN,609,654,676,6AE,6AF,6AK,6C4,6U3,8KA",
    "79.3",
    "25.7"};
constexpr Model kFuel = {"BMW",
                         "X1",
                         "U11",
                         "X1 sDrive18i",
                         "11EE",
                         "SUV",
                         5,
                         "B38A15",
                         "CONV",
                         "BE",
                         "300",
                         "Alpine White",
                         "1AG,230,249,2PA,302,3AG,420,428,430,431,4NE,508,534,544,548,5AS,5DA,654,"
                         "6AE,6AF,6AK,6C3,6U2,8TF",
                         nullptr,
                         nullptr};

const Model& ModelOf(Drivetrain drivetrain) {
  switch (drivetrain) {
    case Drivetrain::kPlugInHybrid:
      return kPlugIn;
    case Drivetrain::kCombustion:
      return kFuel;
    case Drivetrain::kBatteryElectric:
      break;
  }
  return kElectric;
}

}  // namespace

ordered_json BasicData(const Vehicle& vehicle, bool as_documented) {
  const Model& model = ModelOf(vehicle.drivetrain);
  const absl::Time built = absl::FromCivil(absl::CivilDay(2024, 3, 18), absl::UTCTimeZone());
  ordered_json data = {{"brand", model.brand},
                       {"series", model.series},
                       {"modelName", model.name},
                       {"modelKey", model.key},
                       {"bodyType", model.body},
                       {"numberOfDoors", model.doors},
                       {"hasNavi", true},
                       {"headUnit", "HU_MGU"},
                       {"hasSunRoof", vehicle.drivetrain == Drivetrain::kPlugInHybrid},
                       {"steering", "LL"},
                       {"engine", model.engine},
                       {"driveTrain", model.drive_train},
                       {"propulsionType", model.propulsion},
                       {"colourCodeRaw", model.colour_raw},
                       {"constructionDate", WithoutColon(built)},
                       {"fullSAList", model.equipment},
                       {"simStatus", "ACTIVE"}};
  if (model.capacity_ah != nullptr) {
    data["chargingModes"] = {"AC_LOW"};
    data["reessNominalCapacityGross"] = model.capacity_ah;
  }
  if (as_documented) {
    data["vin"] = vehicle.vin;
    data["isTelematicsCapable"] = vehicle.telematics_capable;
    data["puStep"] = "0324";
    data["modelRange"] = model.series_development;
    data["countryCodeISO"] = "DE";
    data["colourCode"] = model.colour_raw;
    if (model.energy_kwh != nullptr) data["hvsMaxEnergyAbsolute"] = model.energy_kwh;
  } else {
    data["countryCode"] = "DE";
    data["colourDescription"] = model.colour;
    data["seriesDevt"] = model.series_development;
  }
  return data;
}

}  // namespace cardata::sim
