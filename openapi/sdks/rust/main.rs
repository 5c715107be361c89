//! The round trip with the Rust client of openapi-generator: see ../README.md for what it expects.

use std::collections::HashMap;

use icr::apis::configuration::Configuration;
use icr::apis::exports_api::{export_sites_csv, export_sites_geojson};
use icr::apis::exports_api::{ExportSitesCsvParams, ExportSitesGeojsonParams};
use icr::apis::provinces_api::{get_rollup, GetRollupParams};
use icr::apis::sites_api::{
    get_site, get_sparse_site, list_sites, patch_site, register_site, state_site,
};
use icr::apis::sites_api::{GetSiteParams, GetSparseSiteParams, ListSitesParams, PatchSiteParams};
use icr::apis::sites_api::{RegisterSiteError, RegisterSiteParams, StateSiteParams};
use icr::apis::statements_api::{retract_statement, RetractStatementParams};
use icr::apis::Error;
use icr::models::{
    ClearanceStatus, DatePrecision, Geometry, LegalStatus, PlanningStatus, RemainderQualifier,
    Retraction, SiteDetail, SiteKind, SitePatch, SiteRegistration, SiteStatementWrite, SiteValues,
    Stage, Statement,
};

const SITE: &str = "ccn-vi-du";
const SOURCE: &str = "bac-kan-press-2023-12";
const AUGUST: &str = "2023-08-01";
const DECEMBER: &str = "2023-12-31";
const NEW_YEAR: &str = "2024-01-01";

fn text(value: &str) -> String {
    value.to_owned()
}

/// A member that is given, of those that may also be null or absent.
fn given(value: &str) -> Option<Option<String>> {
    Some(Some(text(value)))
}

fn registration() -> SiteRegistration {
    let values = SiteValues {
        name: given("CCN Ví Dụ"),
        province_code: given("06"),
        legal_status: Some(Some(LegalStatus::Established)),
        area_ha: Some(Some(12.5)),
        address: given("Thôn Ví Dụ"),
        ..Default::default()
    };
    SiteRegistration {
        kind: SiteKind::Cluster,
        source_id: text(SOURCE),
        effective_from: text("2023-06-01"),
        values: Some(Box::new(values)),
        ..Default::default()
    }
}

async fn site(api: &Configuration, as_of: &str, revision: Option<i64>) -> SiteDetail {
    let asked = GetSiteParams {
        site_id: text(SITE),
        as_of: Some(text(as_of)),
        revision,
        ..Default::default()
    };
    get_site(api, asked).await.unwrap()
}

async fn register(api: &Configuration) -> i64 {
    let asked = RegisterSiteParams {
        site_registration: registration(),
        ..Default::default()
    };
    let said = register_site(api, asked).await.unwrap();
    assert_eq!(said.subject_id, SITE);
    assert_eq!(said.values.unwrap().area_ha, Some(Some(12.5)));
    assert_eq!(said.id, format!("{}-1", said.revision));
    assert_eq!(
        said.effective_precision,
        DatePrecision::UnknownDefaultOpenApi
    );
    said.revision
}

async fn state(api: &Configuration, registered: i64) -> String {
    let values = SiteValues {
        area_ha: Some(Some(20.5)),
        clearance_status: Some(Some(ClearanceStatus::InProgress)),
        ..Default::default()
    };
    let statement = SiteStatementWrite {
        source_id: text(SOURCE),
        effective_from: text("2023-10-01"),
        values: Some(Box::new(values.clone())),
        ..Default::default()
    };
    let asked = StateSiteParams {
        site_id: text(SITE),
        site_statement_write: statement,
        ..Default::default()
    };
    let said = state_site(api, asked).await.unwrap();
    assert_eq!(said.revision, registered + 1);
    assert_eq!(said.values, Some(Box::new(values)));
    said.id
}

async fn read(api: &Configuration, registered: i64) {
    let august = site(api, AUGUST, None).await;
    assert_eq!(
        (august.area_ha, august.clearance_status, august.stage),
        (Some(12.5), None, Stage::Established)
    );
    let december = site(api, DECEMBER, None).await;
    assert_eq!(
        (december.area_ha, december.stage),
        (Some(20.5), Stage::Clearance)
    );
    assert_eq!(
        site(api, DECEMBER, Some(registered)).await.area_ha,
        Some(12.5)
    );
}

async fn page(api: &Configuration, registered: i64) {
    let mut pages = Vec::new();
    let mut later = 0;
    let mut cursor = None;
    loop {
        let asked = ListSitesParams {
            province_code: Some(vec![text("06")]),
            kind: Some(vec![SiteKind::Cluster]),
            as_of: Some(text(DECEMBER)),
            limit: Some(3),
            count: Some(text("exact")),
            cursor,
            ..Default::default()
        };
        let found = list_sites(api, asked).await.unwrap();
        assert_eq!((found.revision, found.count), (registered + 1, Some(7)));
        later += found
            .items
            .iter()
            .filter(|item| item.planning_status == Some(PlanningStatus::UnknownDefaultOpenApi))
            .count();
        pages.push(
            found
                .items
                .into_iter()
                .map(|item| item.id)
                .collect::<Vec<_>>(),
        );
        cursor = found.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(
        pages,
        [
            vec!["ccn-cam-giang", "ccn-huyen-tung", "ccn-nam-bang-lung"],
            vec!["ccn-quang-chu", "ccn-thanh-thinh", "ccn-vang-muoi"],
            vec![SITE],
        ]
    );
    assert!(later > 0, "no code that the client does not know");
    let asked = GetSparseSiteParams {
        site_id: text(SITE),
        fields: vec![text("name"), text("area_ha")],
        as_of: Some(text(DECEMBER)),
        ..Default::default()
    };
    let part = get_sparse_site(api, asked).await.unwrap();
    assert_eq!(
        (part.name, part.area_ha, part.address),
        (given("CCN Ví Dụ"), Some(Some(20.5)), None)
    );
}

async fn roll_up(api: &Configuration) {
    let asked = GetRollupParams {
        code: text("06"),
        kind: Some(vec![SiteKind::Cluster]),
        as_of: Some(text(DECEMBER)),
        ..Default::default()
    };
    let rollups = get_rollup(api, asked).await.unwrap().rollups;
    assert_eq!(rollups.len(), 1);
    let figures = &rollups[0];
    assert_eq!(
        (figures.sites.count, figures.sites.by_stage.clearance),
        (7, 5)
    );
    assert_eq!(
        (
            figures.area.total_ha,
            figures.area.known,
            figures.area.unknown
        ),
        (Some(187.9), 4, 3)
    );
    let planned = figures.planned.as_ref().unwrap();
    assert_eq!((planned.sites, planned.area_ha), (Some(27), Some(676.4)));
    assert_eq!(
        (planned.remaining_sites, planned.remaining_area_ha),
        (Some(20), Some(488.5))
    );
    assert_eq!(
        planned.remaining_area_qualifier,
        Some(RemainderQualifier::AtMost)
    );
}

async fn conflict(api: &Configuration) {
    let again = SiteRegistration {
        id: given(SITE),
        ..registration()
    };
    let asked = RegisterSiteParams {
        site_registration: again,
        ..Default::default()
    };
    let Err(Error::ResponseError(refused)) = register_site(api, asked).await else {
        panic!("it was not refused")
    };
    // The generated errors of one status are not distinguished from those of another; the status is.
    let Some(RegisterSiteError::Status400(problem)) = refused.entity else {
        panic!("{}", refused.content)
    };
    assert_eq!(
        (
            refused.status.as_u16(),
            problem.status,
            problem.r#type.as_str()
        ),
        (409, 409, "/problems/conflict")
    );
    assert!(problem.detail.contains(SITE));
    assert_eq!(problem.errors.len(), 1);
    assert_eq!(problem.errors[0].pointer, given("#/id"));
}

async fn patch(api: &Configuration) {
    let values = SitePatch {
        area_ha: Some(None),
        ..Default::default()
    };
    assert_eq!(
        serde_json::to_string(&values).unwrap(),
        r#"{"area_ha":null}"#
    );
    let asked = PatchSiteParams {
        site_id: text(SITE),
        source_id: text(SOURCE),
        effective_from: Some(text(NEW_YEAR)),
        if_match: tag(api).await,
        site_patch: values,
        ..Default::default()
    };
    let said = patch_site(api, asked).await.unwrap();
    assert_eq!(
        said.values,
        Some(Box::new(SiteValues {
            area_ha: Some(None),
            ..Default::default()
        }))
    );
    let now = site(api, NEW_YEAR, None).await;
    assert_eq!(
        (now.area_ha, now.address, now.clearance_status),
        (
            None,
            Some(text("Thôn Ví Dụ")),
            Some(ClearanceStatus::InProgress)
        )
    );
    assert_eq!(site(api, DECEMBER, None).await.area_ha, Some(20.5));
}

/// The client returns no headers, so the ETag is read beside it.
async fn tag(api: &Configuration) -> String {
    let key = api.bearer_access_token.as_ref().unwrap();
    let asked = api
        .client
        .get(format!("{}/v1/sites/{SITE}", api.base_path))
        .bearer_auth(key);
    text(
        asked.send().await.unwrap().headers()["etag"]
            .to_str()
            .unwrap(),
    )
}

async fn retract(api: &Configuration, stated: String) {
    let retraction = Retraction {
        reason: text("Of another site."),
        ..Default::default()
    };
    let asked = RetractStatementParams {
        statement_id: stated,
        retraction,
        ..Default::default()
    };
    let Statement::Site(said) = retract_statement(api, asked).await.unwrap() else {
        panic!("not of a site")
    };
    assert_eq!(said.retraction.unwrap().reason, "Of another site.");
    let december = site(api, DECEMBER, None).await;
    assert_eq!(
        (december.area_ha, december.stage),
        (Some(12.5), Stage::Established)
    );
    assert_eq!(site(api, NEW_YEAR, None).await.area_ha, None);
}

async fn download(api: &Configuration) {
    let province_code = Some(vec![text("06")]);
    let kind = Some(vec![SiteKind::Cluster]);
    let as_of = Some(text(DECEMBER));
    let asked = ExportSitesGeojsonParams {
        province_code: province_code.clone(),
        kind: kind.clone(),
        as_of: as_of.clone(),
        ..Default::default()
    };
    let features = export_sites_geojson(api, asked).await.unwrap().features;
    assert_eq!(features.len(), 7);
    let known = features
        .iter()
        .find(|feature| feature.id == "ccn-quang-chu")
        .unwrap();
    let Some(Geometry::Point(point)) = known.geometry.as_deref() else {
        panic!("{:?}", known.geometry)
    };
    assert_eq!(point.coordinates, [105.823, 21.8769]);
    assert_eq!(
        (features[6].id.as_str(), features[6].properties.area_ha),
        (SITE, Some(12.5))
    );
    let asked = ExportSitesCsvParams {
        province_code,
        kind,
        as_of,
        ..Default::default()
    };
    let table = export_sites_csv(api, asked)
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let rows: Vec<&str> = table.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(rows.len(), 8);
    // No cell before area_ha has a comma in it.
    let last: HashMap<_, _> = rows[0].split(',').zip(rows[7].split(',')).collect();
    assert_eq!(
        (last["id"], last["name"], last["area_ha"]),
        (SITE, "CCN Ví Dụ", "12.5")
    );
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let api = Configuration {
        base_path: std::env::var("ICR_URL").unwrap(),
        bearer_access_token: std::env::var("ICR_KEY").ok(),
        ..Default::default()
    };
    let registered = register(&api).await;
    println!("register");
    let stated = state(&api, registered).await;
    println!("state");
    read(&api, registered).await;
    println!("read");
    page(&api, registered).await;
    println!("page");
    roll_up(&api).await;
    println!("rollup");
    conflict(&api).await;
    println!("conflict");
    patch(&api).await;
    println!("patch");
    retract(&api, stated).await;
    println!("retract");
    download(&api).await;
    println!("download");
}
