//! A private S3 server on a free loopback port: the `s3s-fs` crate over a temporary folder. Needs nothing installed.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use sagspost::store::BlobsAt;

pub const BUCKET: &str = "sagspost";
const ACCESS_KEY: &str = "test-access-key";
const SECRET_KEY: &str = "test-secret-key";

/// Serves until the test's runtime ends.
pub struct S3 {
    folder: tempfile::TempDir,
    endpoint: String,
}

impl S3 {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let router = axum::Router::new().fallback(move |request| answer(service.clone(), request));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { folder, endpoint }
    }

    pub fn blobs(&self) -> BlobsAt {
        self.blobs_with_secret(SECRET_KEY)
    }

    pub fn blobs_with_secret(&self, secret: &str) -> BlobsAt {
        BlobsAt::S3 {
            bucket: BUCKET.to_owned(),
            endpoint: Some(self.endpoint.clone()),
            region: "eu-north-1".to_owned(),
            access_key_id: ACCESS_KEY.to_owned(),
            secret_access_key: secret.to_owned(),
        }
    }

    /// Objects in the bucket.
    pub fn object_count(&self) -> usize {
        let folders = std::fs::read_dir(self.folder.path().join(BUCKET)).unwrap();
        folders
            .filter_map(|folder| std::fs::read_dir(folder.unwrap().path()).ok())
            .map(Iterator::count)
            .sum()
    }
}

async fn answer(service: S3Service, request: Request) -> Response {
    match service.call(request.map(s3s::Body::http_body_unsync)).await {
        Ok(response) => response.map(axum::body::Body::new).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
