"""The works of bench/catalogue.ts in Kornia and in torchvision. Imported only where torch is there."""

import math

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


class Missing(Exception):
    """A sentence: what a library lacks."""


def kornia_works(torch, kornia):
    """By work: a function of the images and the parameters ([N, k] each, by name), all samples at once."""
    enhance = kornia.enhance
    warp_affine = kornia.geometry.transform.warp_affine
    warp_perspective = kornia.geometry.transform.warp_perspective
    hflip = kornia.geometry.transform.hflip
    grey_of = kornia.color.rgb_to_grayscale
    blur2d = kornia.filters.gaussian_blur2d
    turns = 2 * math.pi

    def number(p):
        return p[:, 0]

    def wide(p):
        return p.view(-1, 1, 1, 1)

    def normalize(x):
        mean, std = (torch.tensor(values, device=x.device, dtype=x.dtype) for values in (MEAN, STD))
        return enhance.normalize(x, mean, std)

    def contrast_mid(x, c):
        # Kornia has contrast about zero and about the mean, not about mid-grey.
        return ((x - 0.5) * wide(c) + 0.5).clamp(0, 1)

    def affine_of(x, matrix):
        return warp_affine(x, matrix.view(-1, 2, 3), x.shape[-2:], "bilinear", "zeros", align_corners=True)

    def blur_of(x, sigma, taps):
        return blur2d(x, (taps, taps), sigma.expand(-1, 2), "reflect")

    def colour(x, p):
        x = enhance.adjust_brightness_accumulative(x, number(p["b"]))
        x = enhance.adjust_contrast_with_mean_subtraction(x, number(p["c"]))
        x = enhance.adjust_saturation_with_gray_subtraction(x, number(p["s"]))
        return normalize(enhance.adjust_hue(x, number(p["h"]) * turns))

    def affine(x, p):
        return affine_of(x, p["matrix"])

    def eight(x, p):
        h, w = (size * 7 // 8 for size in x.shape[-2:])
        top, left = (x.shape[-2] - h) // 2, (x.shape[-1] - w) // 2
        x = affine_of(x, p["matrix"])[..., top : top + h, left : left + w]

        def choose(name, yes):
            return torch.where(wide(p[f"on_{name}"]) > 0.5, yes, x)

        x = choose("flip", hflip(x))
        x = choose("b", enhance.adjust_brightness_accumulative(x, number(p["b"])))
        x = choose("c", contrast_mid(x, p["c"]))
        x = choose("s", enhance.adjust_saturation_with_gray_subtraction(x, number(p["s"])))
        x = choose("grey", grey_of(x).expand_as(x))
        return normalize(x)

    def blur(x, p):
        return blur_of(x, p["sigma"], 31)

    choices = [
        lambda x, v: enhance.adjust_brightness_accumulative(x, number(v)),
        contrast_mid,
        lambda x, v: enhance.adjust_saturation_with_gray_subtraction(x, number(v)),
        lambda x, v: enhance.adjust_hue(x, (number(v) - 1) / 4 * turns),
        lambda x, v: enhance.adjust_gamma(x, number(v)),
        lambda x, v: 1 - x,
        lambda x, v: grey_of(x).expand_as(x),
        lambda x, v: enhance.adjust_brightness(x, number(v) - 1),
    ]

    def choice(x, p):
        if x.shape[0] % 8:
            raise Missing("written for batches of a multiple of 8")
        # Each transform on its own samples alone.
        parts = [transform(x[k::8], p["v"][k::8]) for k, transform in enumerate(choices)]
        return torch.stack(parts, 1).flatten(0, 1)

    def six(x, p):
        # What ColorJiggle does, in this order.
        x = enhance.adjust_brightness(x, number(p["b"]) - 1)
        x = enhance.adjust_contrast(x, number(p["c"]))
        x = enhance.adjust_saturation(x, number(p["s"]))
        x = hflip(enhance.adjust_hue(x, number(p["h"]) * turns))
        x = affine_of(x, p["matrix"])
        homography = p["homography"].view(-1, 3, 3)
        x = warp_perspective(x, homography, x.shape[-2:], "bilinear", "zeros", align_corners=True)
        x = blur_of(x, p["sigma"], 5)
        # What RandomErasing does with its parameters.
        boxes = kornia.geometry.bbox.bbox_generator(*p["box"].unbind(1))
        mask = kornia.geometry.bbox.bbox_to_mask(boxes, x.shape[-1], x.shape[-2])
        return torch.where(mask.unsqueeze(1) == 1, torch.zeros_like(x), x)

    return {"colour": colour, "affine": affine, "eight": eight, "blur": blur, "choice": choice, "six": six}


def torchvision_works(torch, torchvision):
    """
    The same in torchvision's transforms v2, which take one number for all images: image by image. `p` are lists of
    numbers here, a row per sample.
    """
    f = torchvision.transforms.v2.functional
    bilinear = torchvision.transforms.InterpolationMode.BILINEAR

    def each(work):
        return lambda x, p: torch.cat(
            [work(x[i : i + 1], {name: rows[i] for name, rows in p.items()}, i) for i in range(x.shape[0])]
        )

    def affine_of(x, row):
        a, b, tx, c, d, ty = row
        cx, cy = (x.shape[-1] - 1) / 2, (x.shape[-2] - 1) / 2
        # The works' matrices turn and scale about the centre; torchvision turns clockwise.
        angle, scale = -math.degrees(math.atan2(b, a)), math.hypot(a, b)
        shift = [a * cx + b * cy + tx - cx, c * cx + d * cy + ty - cy]
        return f.affine(x, angle, shift, scale, [0.0, 0.0], interpolation=bilinear, fill=0)

    def contrast_mid(x, c):
        return ((x - 0.5) * c + 0.5).clamp(0, 1)

    def colour(x, p, i):
        x = f.adjust_brightness(x, p["b"][0])
        x = f.adjust_contrast(x, p["c"][0])
        x = f.adjust_saturation(x, p["s"][0])
        return f.normalize(f.adjust_hue(x, p["h"][0]), MEAN, STD)

    def affine(x, p, i):
        return affine_of(x, p["matrix"])

    def eight(x, p, i):
        h, w = (size * 7 // 8 for size in x.shape[-2:])
        x = f.crop(affine_of(x, p["matrix"]), (x.shape[-2] - h) // 2, (x.shape[-1] - w) // 2, h, w)
        if p["on_flip"][0]:
            x = f.horizontal_flip(x)
        if p["on_b"][0]:
            x = f.adjust_brightness(x, p["b"][0])
        if p["on_c"][0]:
            x = contrast_mid(x, p["c"][0])
        if p["on_s"][0]:
            x = f.adjust_saturation(x, p["s"][0])
        if p["on_grey"][0]:
            x = f.rgb_to_grayscale(x, num_output_channels=3)
        return f.normalize(x, MEAN, STD)

    def blur(x, p, i):
        return f.gaussian_blur(x, [31, 31], [p["sigma"][0], p["sigma"][0]])

    choices = [
        f.adjust_brightness,
        contrast_mid,
        f.adjust_saturation,
        lambda x, v: f.adjust_hue(x, (v - 1) / 4),
        f.adjust_gamma,
        lambda x, v: f.invert(x),
        lambda x, v: f.rgb_to_grayscale(x, num_output_channels=3),
        lambda x, v: (x + (v - 1)).clamp(0, 1),
    ]

    def choice(x, p, i):
        return choices[i % 8](x, p["v"][0])

    def six(x, p):
        raise Missing("torchvision has no saturation in HSV and no brightness that is added")

    works = {"colour": colour, "affine": affine, "eight": eight, "blur": blur, "choice": choice}
    return {**{name: each(work) for name, work in works.items()}, "six": six}
