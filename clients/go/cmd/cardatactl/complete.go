// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// Nobody waits longer for a completion.
const completionTime = 2 * time.Second

type completion = func(command *cobra.Command, arguments []string, begun string) ([]string, cobra.ShellCompDirective)

// completeAccounts offers the gateway's accounts for the first argument.
func (a *app) completeAccounts(_ *cobra.Command, arguments []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if len(arguments) == 0 {
		for _, account := range a.accounts() {
			names = append(names, account.GetName())
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeVehicles offers the VINs that the gateway knows for the first argument, and then what `next` does.
func (a *app) completeVehicles(next completion) completion {
	return func(command *cobra.Command, arguments []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(arguments) > 0 && next != nil {
			return next(command, arguments, begun)
		}
		var vins []string
		if len(arguments) == 0 {
			for _, account := range a.accounts() {
				vins = append(vins, account.GetVins()...)
			}
		}
		return vins, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeDescriptors offers the ids of the catalogue.
func (a *app) completeDescriptors(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	client, err := a.client()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), completionTime)
	defer cancel()
	response, _ := client.Telematics.ListDescriptors(ctx, &cardatav1.ListDescriptorsRequest{})
	var ids []string
	for _, descriptor := range response.GetDescriptors() {
		ids = append(ids, descriptor.GetDescriptorId())
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) accounts() []*cardatav1.Account {
	client, err := a.client()
	if err != nil {
		return nil
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), completionTime)
	defer cancel()
	response, _ := client.Auth.ListAccounts(ctx, &cardatav1.ListAccountsRequest{})
	return response.GetAccounts()
}
