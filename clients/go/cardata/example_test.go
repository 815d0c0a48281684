// SPDX-License-Identifier: Apache-2.0

package cardata_test

import (
	"context"
	"fmt"
	"os"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func follow(ctx context.Context, target string) error {
	client, err := cardata.Connect(target)
	if err != nil {
		return err
	}
	defer client.Close()
	for update, err := range client.Subscribe(ctx, nil) {
		if err != nil {
			return err // the context has ended, or trying again would not help
		}
		if event, ok := update.Value.(*cardatav1.Event); ok {
			fmt.Println(event.GetVin(), event.GetDescriptorId(), event.GetRaw(), event.GetUnit())
		}
	}
	return nil
}

// Following all vehicles, through every restart on either side. (The gateway of this example ends it with an error.)
func Example() {
	err := follow(context.Background(), os.Getenv("CARDATA_TARGET"))
	fmt.Println(cardata.ErrorOf(err))
	// Output:
	// WBA00000000000001 vehicle.drivetrain.batteryManagement.header 82 %
	// WBA00000000000001 vehicle.vehicle.travelledDistance 11260 km
	// the example is over (FailedPrecondition)
}
