// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

const (
	vinLength = 17

	vehicleArgument = `VEHICLE is a VIN or the end of one; it may be left out where the gateway knows one vehicle only.`
)

// vin is the vehicle that an argument means, of those that the gateway knows. That asks BMW nothing.
func (a *app) vin(ctx context.Context, client *cardata.Client, argument string) (string, error) {
	if len(argument) == vinLength {
		return strings.ToUpper(argument), nil
	}
	response, err := client.Auth.ListAccounts(ctx, &cardatav1.ListAccountsRequest{})
	if err != nil {
		return "", err
	}
	var known, meant []string
	for _, account := range response.GetAccounts() {
		for _, vin := range account.GetVins() {
			if !slices.Contains(known, vin) {
				known = append(known, vin)
			}
		}
	}
	for _, vin := range known {
		if strings.HasSuffix(vin, strings.ToUpper(argument)) {
			meant = append(meant, vin)
		}
	}
	switch {
	case len(meant) == 1:
		return meant[0], nil
	case len(known) == 0:
		return "", failedWith{exitNotFound, "the gateway knows no vehicle yet",
			"cardatactl vehicles --refresh asks BMW; cardatactl accounts shows whether an account is logged in"}
	case len(meant) == 0:
		return "", failedWith{exitNotFound, fmt.Sprintf("no vehicle's VIN ends with %q", argument),
			"the gateway knows " + strings.Join(known, ", ")}
	case argument == "":
		return "", usageError{fmt.Errorf("say which vehicle: %s", strings.Join(meant, ", "))}
	}
	return "", usageError{fmt.Errorf("several VINs end with %q: %s", argument, strings.Join(meant, ", "))}
}

// first is the first of the arguments, or nothing.
func first(arguments []string) string {
	if len(arguments) == 0 {
		return ""
	}
	return arguments[0]
}
