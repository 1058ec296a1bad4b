"""What a signature in a file of its own proves of the file beside it, offline. `letter_signer` makes it."""

from __future__ import annotations

from evalpanel.sealing.certificates import fingerprint_of
from evalpanel.sealing.pdf_signature import parser_errors, standing_for_itself


def signer_of(data: bytes, signature: bytes) -> str:
    """The fingerprint of the certificate that `signature` (CMS, DER) was made with over `data`; empty when it was not."""
    import asyncio  # pyHanko checks in a coroutine, which asks nothing of a network

    from asn1crypto import cms
    from pyhanko.sign.general import extract_signer_info
    from pyhanko.sign.validation import async_validate_detached_cms
    from pyhanko.sign.validation.generic_cms import extract_certs_for_validation
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    try:
        content = cms.ContentInfo.load(signature, strict=True)
        if content["content_type"].native != "signed_data":
            return ""
        signed = content["content"]
        told = next(one for one in extract_signer_info(signed)["signed_attrs"] if one["type"].native == "signing_time")
        certificate = extract_certs_for_validation(signed).signer_cert
        status = asyncio.run(
            async_validate_detached_cms(
                data,
                signed,
                signer_validation_context=standing_for_itself([certificate], told["values"][0].native),
                key_usage_settings=KeyUsageConstraints(
                    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
                ),
            )
        )
    except StopIteration:  # it does not say when it was signed
        return ""
    except parser_errors():
        return ""
    return fingerprint_of(certificate.dump()) if status.intact and status.valid and status.trusted else ""
