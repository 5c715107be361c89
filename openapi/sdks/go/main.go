// The round trip with the Go client of openapi-generator: see ../README.md for what it expects.
package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	icr "icr.invalid/sdks/client"
)

const (
	site     = "ccn-vi-du"
	source   = "bac-kan-press-2023-12"
	august   = "2023-08-01"
	december = "2023-12-31"
	newYear  = "2024-01-01"
)

var ctx = context.Background()

// expect ends the round trip where an answer is not the expected one.
func expect(what string, got, wanted any) {
	if !reflect.DeepEqual(got, wanted) {
		fmt.Fprintf(os.Stderr, "%s: got %v, expected %v\n", what, got, wanted)
		os.Exit(1)
	}
}

// must ends the round trip where a request failed.
func must[T any](value T, failed error) T {
	if failed != nil {
		var refused *icr.GenericOpenAPIError
		if errors.As(failed, &refused) {
			fmt.Fprintln(os.Stderr, string(refused.Body()))
		}
		fmt.Fprintln(os.Stderr, failed)
		os.Exit(1)
	}
	return value
}

func registration() *icr.SiteRegistration {
	values := icr.NewSiteValues()
	values.SetName("CCN Ví Dụ")
	values.SetProvinceCode("06")
	values.SetLegalStatus(must(value(icr.NewLegalStatusFromValue("established"))))
	values.SetAreaHa(12.5)
	values.SetAddress("Thôn Ví Dụ")
	body := icr.NewSiteRegistration(source, "2023-06-01", icr.SiteKind("cluster"))
	body.SetValues(*values)
	return body
}

func value[T any](pointer *T, failed error) (T, error) {
	if failed != nil {
		var none T
		return none, failed
	}
	return *pointer, nil
}

func register(api *icr.APIClient) int64 {
	said, answer, failed := api.SitesAPI.RegisterSite(ctx).SiteRegistration(*registration()).Execute()
	must(said, failed)
	expect("status", answer.StatusCode, 201)
	expect("Location", answer.Header.Get("Location"), "sites/"+site)
	expect("subject", said.SubjectId, site)
	expect("area", said.Values.Get().GetAreaHa(), 12.5)
	expect("id", said.Id, fmt.Sprintf("%d-1", said.Revision))
	return said.Revision
}

func state(api *icr.APIClient, registered int64) string {
	values := icr.NewSiteValues()
	values.SetAreaHa(20.5)
	values.SetClearanceStatus(icr.ClearanceStatus("in_progress"))
	body := icr.NewSiteStatementWrite(source, "2023-10-01")
	body.SetValues(*values)
	said, _, failed := api.SitesAPI.StateSite(ctx, site).SiteStatementWrite(*body).Execute()
	must(said, failed)
	expect("revision", said.Revision, registered+1)
	known := must(said.Values.Get().ToMap())
	expect("values", len(known), 2)
	expect("area", said.Values.Get().GetAreaHa(), 20.5)
	return said.Id
}

func siteOn(api *icr.APIClient, asOf string) *icr.SiteDetail {
	found, _, failed := api.SitesAPI.GetSite(ctx, site).AsOf(asOf).Execute()
	return must(found, failed)
}

func read(api *icr.APIClient, registered int64) {
	then := siteOn(api, august)
	expect("area in August", then.GetAreaHa(), 12.5)
	expect("clearance in August", then.ClearanceStatus.Get() == nil, true)
	expect("stage in August", then.GetStage(), icr.Stage("established"))
	later := siteOn(api, december)
	expect("area in December", later.GetAreaHa(), 20.5)
	expect("stage in December", later.GetStage(), icr.Stage("clearance"))
	known, _, failed := api.SitesAPI.GetSite(ctx, site).AsOf(december).Revision(registered).Execute()
	expect("area as known before", must(known, failed).GetAreaHa(), 12.5)
}

func page(api *icr.APIClient, registered int64) {
	var pages [][]string
	asked := api.SitesAPI.ListSites(ctx).ProvinceCode([]string{"06"}).Kind([]icr.SiteKind{"cluster"}).
		AsOf(december).Limit(3).Count("exact")
	for {
		found, _, failed := asked.Execute()
		must(found, failed)
		expect("revision", found.Revision, registered+1)
		expect("count", found.GetCount(), int64(7))
		var ids []string
		for _, item := range found.Items {
			ids = append(ids, item.Id)
		}
		pages = append(pages, ids)
		if found.NextCursor.Get() == nil {
			break
		}
		asked = asked.Cursor(found.GetNextCursor())
	}
	expect("pages", pages, [][]string{
		{"ccn-cam-giang", "ccn-huyen-tung", "ccn-nam-bang-lung"},
		{"ccn-quang-chu", "ccn-thanh-thinh", "ccn-vang-muoi"},
		{site},
	})
}

func rollUp(api *icr.APIClient) {
	answer, _, failed := api.ProvincesAPI.GetRollup(ctx, "06").Kind([]icr.SiteKind{"cluster"}).
		AsOf(december).Execute()
	rollups := must(answer, failed).Rollups
	expect("rollups", len(rollups), 1)
	figures := rollups[0]
	expect("sites", figures.Sites.Count, int64(7))
	expect("in clearance", figures.Sites.ByStage.Clearance, int64(5))
	expect("area", figures.Area.GetTotalHa(), 187.9)
	expect("known", []int64{figures.Area.Known, figures.Area.Unknown}, []int64{4, 3})
	planned := figures.Planned.Get()
	expect("planned", planned.GetSites(), int64(27))
	expect("planned area", planned.GetAreaHa(), 676.4)
	expect("remaining", planned.GetRemainingSites(), int64(20))
	expect("remaining area", planned.GetRemainingAreaHa(), 488.5)
	expect("qualifier", planned.GetRemainingAreaQualifier(), icr.RemainderQualifier("at_most"))
}

func conflict(api *icr.APIClient) {
	body := registration()
	body.SetId(site)
	_, answer, failed := api.SitesAPI.RegisterSite(ctx).SiteRegistration(*body).Execute()
	var refused *icr.GenericOpenAPIError
	expect("refused", errors.As(failed, &refused), true)
	expect("status", answer.StatusCode, 409)
	problem, typed := refused.Model().(icr.Problem)
	expect("typed", typed, true)
	expect("problem", problem.Status, int64(409))
	expect("type", problem.Type, "/problems/conflict")
	expect("detail", strings.Contains(problem.Detail, site), true)
	expect("errors", len(problem.Errors), 1)
	expect("pointer", problem.Errors[0].GetPointer(), "#/id")
}

func patch(api *icr.APIClient) {
	_, answer, failed := api.SitesAPI.GetSite(ctx, site).Execute()
	must(answer, failed)
	values := icr.NewSitePatch()
	values.SetAreaHaNil()
	expect("body", string(must(json.Marshal(values))), `{"area_ha":null}`)
	said, _, failed := api.SitesAPI.PatchSite(ctx, site).SourceId(source).SitePatch(*values).
		EffectiveFrom(newYear).IfMatch(answer.Header.Get("ETag")).Execute()
	must(said, failed)
	stated := said.Values.Get()
	expect("area is null", stated.AreaHa.IsSet() && stated.AreaHa.Get() == nil, true)
	expect("address is absent", stated.Address.IsSet(), false)
	now := siteOn(api, newYear)
	expect("area", now.AreaHa.Get() == nil, true)
	expect("address", now.GetAddress(), "Thôn Ví Dụ")
	expect("clearance", now.GetClearanceStatus(), icr.ClearanceStatus("in_progress"))
	expect("area before", siteOn(api, december).GetAreaHa(), 20.5)
}

func retract(api *icr.APIClient, stated string) {
	body := icr.NewRetraction("Of another site.")
	answer, _, failed := api.StatementsAPI.RetractStatement(ctx, stated).Retraction(*body).Execute()
	said := must(answer, failed).SiteStatement
	expect("reason", said.Retraction.Get().Reason, "Of another site.")
	then := siteOn(api, december)
	expect("area", then.GetAreaHa(), 12.5)
	expect("stage", then.GetStage(), icr.Stage("established"))
	expect("area of the new year", siteOn(api, newYear).AreaHa.Get() == nil, true)
}

func download(api *icr.APIClient) {
	clusters := []icr.SiteKind{"cluster"}
	found, _, failed := api.ExportsAPI.ExportSitesGeojson(ctx).ProvinceCode([]string{"06"}).
		Kind(clusters).AsOf(december).Execute()
	features := must(found, failed).Features
	expect("features", len(features), 7)
	for _, feature := range features {
		if feature.Id == "ccn-quang-chu" {
			expect("coordinates", feature.Geometry.Get().Point.Coordinates, []float64{105.823, 21.8769})
		}
	}
	expect("last feature", features[6].Id, site)
	expect("its area", features[6].Properties.GetAreaHa(), 12.5)

	table, _, failed := api.ExportsAPI.ExportSitesCsv(ctx).ProvinceCode([]string{"06"}).
		Kind(clusters).AsOf(december).Execute()
	rows := must(csv.NewReader(must(table, failed)).ReadAll())
	expect("rows", len(rows), 8)
	last := map[string]string{}
	for column, name := range rows[0] {
		last[name] = rows[7][column]
	}
	expect("last row", []string{last["id"], last["name"], last["area_ha"]},
		[]string{site, "CCN Ví Dụ", "12.5"})
	must(0, os.Remove(table.Name()))
}

func main() {
	configuration := icr.NewConfiguration()
	configuration.Servers = icr.ServerConfigurations{{URL: os.Getenv("ICR_URL")}}
	if key := os.Getenv("ICR_KEY"); key != "" {
		configuration.AddDefaultHeader("Authorization", "Bearer "+key)
	}
	api := icr.NewAPIClient(configuration)
	registered := register(api)
	fmt.Println("register")
	stated := state(api, registered)
	fmt.Println("state")
	read(api, registered)
	fmt.Println("read")
	page(api, registered)
	fmt.Println("page")
	rollUp(api)
	fmt.Println("rollup")
	conflict(api)
	fmt.Println("conflict")
	patch(api)
	fmt.Println("patch")
	retract(api, stated)
	fmt.Println("retract")
	download(api)
	fmt.Println("download")
}
