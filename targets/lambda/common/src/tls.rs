//! Whom connections trust. Certificates are always verified: there is no
//! setting that turns it off.

use std::fmt::Debug;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::{Failure, Settings};

/// Amazon's authorities of RDS and Aurora, one for each region.
const RDS: &str = include_str!("../../../../compiler/lower/data/rds-root-ca-rsa2048-g1.pem");

/// The authorities that a connection trusts.
#[derive(Clone, Debug)]
pub struct Roots {
    store: RootCertStore,
}

impl Roots {
    /// Amazon's authorities of RDS and Aurora: those that came with the
    /// package, or those in the file that the settings name.
    ///
    /// # Errors
    /// The file cannot be read, or holds no certificate.
    pub fn amazon(settings: &Settings) -> Result<Self, Failure> {
        if settings.authorities.is_empty() {
            return Self::of_pem(RDS);
        }
        let path = &settings.authorities;
        let pem = std::fs::read_to_string(path)
            .map_err(|e| Failure::configuration(format!("the authorities in {path} cannot be read: {e}")))?;
        Self::of_pem(&pem)
    }

    /// Each certificate of a PEM text; text between them is a comment.
    ///
    /// # Errors
    /// The text holds no certificate, or one that cannot be read.
    pub fn of_pem(pem: &str) -> Result<Self, Failure> {
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate =
                certificate.map_err(|e| Failure::configuration(format!("an authority cannot be read: {e}")))?;
            store.add(certificate).map_err(|e| Failure::configuration(format!("an authority is refused: {e}")))?;
        }
        if store.is_empty() {
            return Err(Failure::configuration("the text of an authority holds no certificate"));
        }
        Ok(Self { store })
    }

    /// A client that verifies the chain and, unless `mode` is `verify-ca`, the
    /// host's name. `require` and `none` are held to `verify-full`: whoever
    /// sends a password must know to whom.
    pub(crate) fn client(&self, mode: &str) -> Result<ClientConfig, Failure> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let refused = |e: &dyn Debug| Failure::configuration(format!("TLS cannot be set up: {e:?}"));
        let store = Arc::new(self.store.clone());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|e| refused(&e))?;
        if mode != "verify-ca" {
            return Ok(builder.with_root_certificates(store).with_no_client_auth());
        }
        let inner = WebPkiServerVerifier::builder_with_provider(store, provider).build().map_err(|e| refused(&e))?;
        let verifier = Arc::new(ChainOnly { inner });
        Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    }
}

/// Verifies the chain, and accepts any name: `verify-ca`.
#[derive(Debug)]
struct ChainOnly {
    inner: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for ChainOnly {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.inner.verify_server_cert(end, intermediates, name, ocsp, now) {
            // The name is looked at last, when the chain has been verified.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amazons_authorities_are_at_hand() {
        let roots = Roots::amazon(&Settings::default()).expect("the bundle can be read");
        assert!(roots.store.len() > 20, "one for each region: {}", roots.store.len());
        for mode in ["verify-full", "verify-ca", "require", "none"] {
            assert!(roots.client(mode).is_ok(), "{mode}");
        }
    }

    #[test]
    fn authorities_of_a_file_take_the_place_of_those() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("authorities.pem");
        let named = |path: &std::path::Path| {
            Roots::amazon(&Settings { authorities: path.display().to_string(), ..Settings::default() })
        };
        let one = RDS.split_inclusive("-----END CERTIFICATE-----\n").next().expect("there is one");
        std::fs::write(&path, one).expect("a file can be written");
        assert_eq!(named(&path).map(|roots| roots.store.len()), Ok(1));
        std::fs::write(&path, "").expect("a file can be written");
        assert!(named(&path).is_err(), "none is not all");
        let failure = named(&folder.path().join("absent.pem")).expect_err("it is not there");
        assert!(failure.message().contains("absent.pem"), "{failure}");
    }

    #[test]
    fn no_authority_is_refused() {
        for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(Roots::of_pem(text).is_err(), "{text:?}");
        }
    }
}
