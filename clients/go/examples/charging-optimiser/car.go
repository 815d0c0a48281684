// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
	"github.com/cardata-gateway/cardata-gateway/clients/go/descriptor"
)

// Car is what is known of the car.
type Car struct {
	SoCKnown bool
	SoC      float64 // per cent
	Plugged  bool
	Charging bool
}

// followed are the descriptors that a Car is made of.
var followed = []string{
	descriptor.VehicleDrivetrainBatteryManagementHeader,
	descriptor.VehicleBodyChargingPortStatus,
	descriptor.VehicleDrivetrainElectricEngineChargingHvStatus,
}

// Take takes a value that arrived. A late one is older than what is known, and one without a number says nothing.
func (c *Car) Take(event *cardatav1.Event) {
	if event.GetLate() {
		return
	}
	switch event.GetDescriptorId() {
	case descriptor.VehicleDrivetrainBatteryManagementHeader:
		if number, ok := event.GetValue().GetKind().(*cardatav1.Value_Number); ok {
			c.SoC, c.SoCKnown = number.Number, true
		}
	case descriptor.VehicleBodyChargingPortStatus:
		c.Plugged = event.GetRaw() == "CONNECTED"
	case descriptor.VehicleDrivetrainElectricEngineChargingHvStatus:
		c.Charging = event.GetRaw() == "CHARGING"
	}
}

func (c Car) String() string {
	if !c.SoCKnown {
		return "state of charge unknown"
	}
	state := "not plugged in"
	switch {
	case c.Charging:
		state = "charging"
	case c.Plugged:
		state = "plugged in"
	}
	return fmt.Sprintf("%g %%, %s", c.SoC, state)
}
