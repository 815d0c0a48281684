// SPDX-License-Identifier: Apache-2.0

package cardata_test

import (
	"context"
	"fmt"
	"os"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func followOn(ctx context.Context, client *cardata.Client, tokenFile string) error {
	request := &cardatav1.SubscribeRequest{}
	if token, err := os.ReadFile(tokenFile); err == nil {
		request.Start = &cardatav1.SubscribeRequest_ResumeToken{ResumeToken: string(token)}
	}
	for update, err := range client.Subscribe(ctx, request) {
		if err != nil {
			return err
		}
		show(update) // each entry at least once
		if update.ResumeToken != "" {
			if err := os.WriteFile(tokenFile, []byte(update.ResumeToken), 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// Going on where the last run of the program ended.
func ExampleClient_Subscribe_resume() {
	client, err := cardata.Connect(os.Getenv("CARDATA_TARGET"))
	if err != nil {
		panic(err)
	}
	defer client.Close()
	for run := range 2 {
		fmt.Println("run", run+1)
		followOn(context.Background(), client, "resume-token")
	}
	// Output:
	// run 1
	// event 17 vehicle.drivetrain.batteryManagement.header 82 %
	// event 21 vehicle.vehicle.travelledDistance 11260 km
	// run 2
}
