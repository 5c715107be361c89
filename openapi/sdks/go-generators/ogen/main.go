// The round trip with the Go client of ogen: see ../../README.md for what it expects.
package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	icr "icr.invalid/sdks/go-generators/client"
)

const (
	site   = "ccn-vi-du"
	source = "bac-kan-press-2023-12"
)

var (
	ctx      = context.Background()
	august   = day(2023, time.August, 1)
	december = day(2023, time.December, 31)
	newYear  = day(2024, time.January, 1)
	clusters = []icr.SiteKind{icr.SiteKindCluster}
	province = []string{"06"}
)

func day(year int, month time.Month, of int) icr.OptDate {
	return icr.NewOptDate(time.Date(year, month, of, 0, 0, 0, 0, time.UTC))
}

// expect ends the round trip where an answer is not the expected one.
func expect(what string, got, wanted any) {
	if !reflect.DeepEqual(got, wanted) {
		fmt.Fprintf(os.Stderr, "%s: got %v, expected %v\n", what, got, wanted)
		os.Exit(1)
	}
}

// answered ends the round trip where a request failed, or has another answer than this one.
func answered[Answer any](found any, failed error) Answer {
	answer, is := found.(Answer)
	if failed != nil || !is {
		fmt.Fprintf(os.Stderr, "%T %+v %v\n", found, found, failed)
		os.Exit(1)
	}
	return answer
}

type keys struct{}

func (keys) Bearer(context.Context, icr.OperationName) (icr.Bearer, error) {
	return icr.Bearer{Token: os.Getenv("ICR_KEY")}, nil
}

func registration() *icr.SiteRegistration {
	return &icr.SiteRegistration{
		Kind: icr.SiteKindCluster, SourceID: source, EffectiveFrom: "2023-06-01",
		Values: icr.NewOptSiteValues(icr.SiteValues{
			Name:         icr.NewOptNilString("CCN Ví Dụ"),
			ProvinceCode: icr.NewOptNilString("06"),
			LegalStatus:  icr.NewOptNilLegalStatus(icr.LegalStatusEstablished),
			AreaHa:       icr.NewOptNilFloat64(12.5),
			Address:      icr.NewOptNilString("Thôn Ví Dụ"),
		}),
	}
}

func register(api *icr.Client) int64 {
	found, failed := api.RegisterSite(ctx, registration(), icr.RegisterSiteParams{})
	answer := answered[*icr.RegisterSiteCreatedHeaders](found, failed)
	said := answer.Response
	expect("Location", answer.Location, "sites/"+site)
	expect("subject", said.SubjectID, site)
	expect("area", said.Values.Value.AreaHa.Value, 12.5)
	expect("id", said.ID, fmt.Sprintf("%d-1", said.Revision))
	return said.Revision
}

func state(api *icr.Client, registered int64) string {
	found, failed := api.StateSite(ctx, &icr.SiteStatementWrite{
		SourceID: source, EffectiveFrom: "2023-10-01",
		Values: icr.NewOptSiteValues(icr.SiteValues{
			AreaHa:          icr.NewOptNilFloat64(20.5),
			ClearanceStatus: icr.NewOptNilClearanceStatus(icr.ClearanceStatusInProgress),
		}),
	}, icr.StateSiteParams{SiteID: site})
	said := answered[*icr.RegisterSiteCreatedHeaders](found, failed).Response
	expect("revision", said.Revision, registered+1)
	values := said.Values.Value
	expect("values", []any{values.AreaHa.Value, values.ClearanceStatus.Value, values.Address.IsSet()},
		[]any{20.5, icr.ClearanceStatusInProgress, false})
	return said.ID
}

func siteOn(api *icr.Client, asOf icr.OptDate, revision icr.OptInt64) icr.SiteDetail {
	found, failed := api.GetSite(ctx, icr.GetSiteParams{SiteID: site, AsOf: asOf, Revision: revision})
	return answered[*icr.SiteDetailHeaders](found, failed).Response
}

func read(api *icr.Client, registered int64) {
	latest := icr.OptInt64{}
	then := siteOn(api, august, latest)
	expect("August", []any{then.AreaHa.Value, then.ClearanceStatus.Null, then.Stage},
		[]any{12.5, true, icr.StageEstablished})
	later := siteOn(api, december, latest)
	expect("December", []any{later.AreaHa.Value, later.Stage}, []any{20.5, icr.StageClearance})
	expect("as known before", siteOn(api, december, icr.NewOptInt64(registered)).AreaHa.Value, 12.5)
}

func page(api *icr.Client, registered int64) {
	var pages [][]string
	asked := icr.ListSitesParams{
		ProvinceCode: province, Kind: clusters, AsOf: december,
		Limit: icr.NewOptInt64(3), Count: icr.NewOptString("exact"),
	}
	for {
		answer, failed := api.ListSites(ctx, asked)
		found := answered[*icr.SitePageHeaders](answer, failed).Response
		expect("list", []int64{found.Revision, found.Count.Value}, []int64{registered + 1, 7})
		var ids []string
		for _, item := range found.Items {
			ids = append(ids, item.ID)
		}
		pages = append(pages, ids)
		if found.NextCursor.Null {
			break
		}
		asked.Cursor = icr.NewOptString(found.NextCursor.Value)
	}
	expect("pages", pages, [][]string{
		{"ccn-cam-giang", "ccn-huyen-tung", "ccn-nam-bang-lung"},
		{"ccn-quang-chu", "ccn-thanh-thinh", "ccn-vang-muoi"},
		{site},
	})
	answer, failed := api.GetSparseSite(ctx, icr.GetSparseSiteParams{
		SiteID: site, Fields: []string{"name", "area_ha"}, AsOf: december,
	})
	part := answered[*icr.SparseSiteDetailHeaders](answer, failed).Response
	expect("sparse", []any{part.Name.Value, part.AreaHa.Value, part.Address.IsSet()},
		[]any{"CCN Ví Dụ", 20.5, false})
}

func rollUp(api *icr.Client) {
	answer, failed := api.GetRollup(ctx, icr.GetRollupParams{Code: "06", Kind: clusters, AsOf: december})
	rollups := answered[*icr.RollupHeaders](answer, failed).Response.Rollups
	expect("rollups", len(rollups), 1)
	figures := rollups[0]
	expect("sites", []int64{figures.Sites.Count, figures.Sites.ByStage.Clearance}, []int64{7, 5})
	expect("area", figures.Area.TotalHa.Value, 187.9)
	expect("known", []int64{figures.Area.Known, figures.Area.Unknown}, []int64{4, 3})
	planned := figures.Planned.Value
	expect("planned", []any{planned.Sites.Value, planned.AreaHa.Value}, []any{int64(27), 676.4})
	expect("remaining", []any{planned.RemainingSites.Value, planned.RemainingAreaHa.Value},
		[]any{int64(20), 488.5})
	expect("qualifier", planned.RemainingAreaQualifier.Value, icr.RemainderQualifierAtMost)
}

func conflict(api *icr.Client) {
	body := registration()
	body.ID = icr.NewOptNilString(site)
	found, failed := api.RegisterSite(ctx, body, icr.RegisterSiteParams{})
	problem := answered[*icr.RegisterSiteConflict](found, failed).Response
	expect("problem", []any{problem.Status, problem.Type}, []any{int64(409), "/problems/conflict"})
	expect("detail", strings.Contains(problem.Detail, site), true)
	expect("errors", len(problem.Errors), 1)
	expect("pointer", problem.Errors[0].Pointer.Value, "#/id")
}

func patch(api *icr.Client) {
	read, failed := api.GetSite(ctx, icr.GetSiteParams{SiteID: site})
	tag := answered[*icr.SiteDetailHeaders](read, failed).ETag.Value
	values := icr.SitePatch{}
	values.AreaHa.SetToNull()
	found, failed := api.PatchSite(ctx, &values, icr.PatchSiteParams{
		SiteID: site, SourceID: source, EffectiveFrom: icr.NewOptString("2024-01-01"), IfMatch: tag,
	})
	said := answered[*icr.PatchSiteOKHeaders](found, failed).Response.Values.Value
	expect("values", []bool{said.AreaHa.Null, said.Address.IsSet()}, []bool{true, false})
	now := siteOn(api, newYear, icr.OptInt64{})
	expect("now", []any{now.AreaHa.Null, now.Address.Value, now.ClearanceStatus.Value},
		[]any{true, "Thôn Ví Dụ", icr.ClearanceStatusInProgress})
	expect("before", siteOn(api, december, icr.OptInt64{}).AreaHa.Value, 20.5)
}

func retract(api *icr.Client, stated string) {
	found, failed := api.RetractStatement(ctx, &icr.Retraction{Reason: "Of another site."},
		icr.RetractStatementParams{StatementID: stated})
	said, is := answered[*icr.ReplaceStatementCreatedHeaders](found, failed).Response.GetSiteStatement()
	expect("kind", is, true)
	expect("reason", said.Retraction.Value.Reason, "Of another site.")
	then := siteOn(api, december, icr.OptInt64{})
	expect("December", []any{then.AreaHa.Value, then.Stage}, []any{12.5, icr.StageEstablished})
	expect("new year", siteOn(api, newYear, icr.OptInt64{}).AreaHa.Null, true)
}

func download(api *icr.Client) {
	found, failed := api.ExportSitesGeojson(ctx,
		icr.ExportSitesGeojsonParams{ProvinceCode: province, Kind: clusters, AsOf: december})
	features := answered[*icr.SiteFeatureCollectionHeaders](found, failed).Response.Features
	expect("features", len(features), 7)
	for _, feature := range features {
		if feature.ID == "ccn-quang-chu" {
			expect("coordinates", feature.Geometry.Value.Point.Coordinates, []float64{105.823, 21.8769})
		}
	}
	expect("last feature", features[6].ID, site)
	expect("its area", features[6].Properties.AreaHa.Value, 12.5)
	table, failed := api.ExportSitesCsv(ctx,
		icr.ExportSitesCsvParams{ProvinceCode: province, Kind: clusters, AsOf: december})
	file := answered[*icr.ExportSitesCsvOKHeaders](table, failed).Response
	rows, failed := csv.NewReader(file).ReadAll()
	expect("readable", failed, nil)
	expect("rows", len(rows), 8)
	last := map[string]string{}
	for column, name := range rows[0] {
		last[name] = rows[7][column]
	}
	expect("last row", []string{last["id"], last["name"], last["area_ha"]},
		[]string{site, "CCN Ví Dụ", "12.5"})
}

func main() {
	api, failed := icr.NewClient(os.Getenv("ICR_URL"), keys{})
	expect("client", failed, nil)
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
