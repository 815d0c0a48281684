// SPDX-License-Identifier: Apache-2.0

package cardata_test

import (
	"context"
	"fmt"
	"os"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
	"github.com/cardata-gateway/cardata-gateway/clients/go/descriptor"
)

func show(update cardata.Update) {
	switch value := update.Value.(type) {
	case *cardatav1.Event:
		fmt.Println("event", update.Sequence, value.GetDescriptorId(), value.GetValue().GetNumber(), value.GetUnit())
	case *cardatav1.Position:
		fmt.Println("position", update.Sequence, value.GetLatitude(), value.GetLongitude())
	case *cardatav1.Gap:
		fmt.Println("gap", update.Sequence, value.GetAccount(), value.GetCause())
	case *cardatav1.CaughtUp:
		fmt.Println("live from here on")
	case *cardatav1.Lag:
		fmt.Println("lag", value.GetMissedEntries())
	case *cardata.Reconnecting:
		fmt.Println("reconnecting, attempt", value.Attempt)
	}
}

// What a subscription tells, of a request that chooses. (The gateway of this example goes away for a moment.)
func ExampleClient_Subscribe() {
	client, err := cardata.Connect(os.Getenv("CARDATA_TARGET"))
	if err != nil {
		panic(err)
	}
	defer client.Close()
	request := &cardatav1.SubscribeRequest{
		DescriptorPatterns: []string{descriptor.VehicleDrivetrainBatteryManagementHeader, "vehicle.vehicle.*"},
		Positions:          true,
	}
	for update, err := range client.Subscribe(context.Background(), request) {
		if err != nil {
			break
		}
		show(update)
	}
	// Output:
	// event 17 vehicle.drivetrain.batteryManagement.header 82 %
	// position 18 48.1 11.5
	// live from here on
	// reconnecting, attempt 1
	// gap 20 home GAP_CAUSE_GATEWAY_DOWN
	// event 21 vehicle.vehicle.travelledDistance 11260 km
}
