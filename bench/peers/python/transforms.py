"""The transforms of transforms.json in Kornia. torch and Kornia come as arguments; the table itself needs neither."""

import json
import math
from array import array
from functools import lru_cache
from pathlib import Path

from inputs import Task, images_of, spread
from works import Missing

# What works of single transforms are called, before the name: EVERY of bench/record.ts.
EVERY = "transform: "
SHAPE = (8, 3, 224, 224)


def table():
    """By name: `learned` (spread over the samples, from, to), `rows` (learned too, alike for all), `settings`."""
    return json.loads((Path(__file__).parent / "transforms.json").read_text())


# All transforms have the same images, and a million numbers take Python a second.
shared_images = lru_cache(images_of)


@lru_cache
def pattern(size):
    """Numbers between -1 and 1 without a pattern: gradients of results, and noise."""
    return array("f", [math.sin(i * 0.7 + 3 * math.sin(i * 0.013)) for i in range(size)])


def task_of_transform(name, shape=SHAPE):
    """The inputs of a transform, as bench/compared.ts makes them."""
    entry = table()[name]
    n, _, h, w = shape
    parameters = {key: spread(n, *bounds) for key, bounds in entry.get("learned", {}).items()}
    parameters |= {key: array("f", row * n) for key, row in entry.get("rows", {}).items()}
    if "noise" in entry:
        parameters[entry["noise"]] = pattern(2 * n * h * w)
    return Task(EVERY + name, tuple(shape), shared_images(tuple(shape)), parameters, tuple(parameters), pattern(math.prod(shape)))


def kornia_transforms(torch, kornia):
    """By name: a function of the images, the learned parameters ([N, k] each), and the settings."""
    color, enhance, filters, morphology = kornia.color, kornia.enhance, kornia.filters, kornia.morphology
    transform = kornia.geometry.transform

    def number(p):
        return p[:, 0]

    def pair(p):
        return p.expand(-1, 2)

    def tensor(x, values):
        return torch.tensor(values, device=x.device, dtype=x.dtype)

    def plain(function):
        return lambda x, p, s: function(x)

    def factor(function, name="factor"):
        return lambda x, p, s: function(x, number(p[name]))

    def morphed(function):
        return lambda x, p, s: function(x, torch.ones(s["kernelSize"], s["kernelSize"], device=x.device))

    def down(p, across):
        return torch.stack([torch.full_like(number(p), across), number(p)], 1)

    def moments(function):
        return lambda x, p, s: function(x, tensor(x, s["mean"]), tensor(x, s["std"]))

    def autocontrast(x, p, s):
        return enhance.normalize_min_max(x, 0.0, 1.0).clamp(0, 1)

    def fisheye(x, p, s):
        # What RandomFisheye does with its parameters.
        n, _, h, w = x.shape
        grid = kornia.geometry.create_meshgrid(h, w, device=x.device, dtype=x.dtype)
        columns, rows = grid[..., 0].expand(n, -1, -1), grid[..., 1].expand(n, -1, -1)
        cx, gamma = p["centerX"].view(n, 1, 1), p["gamma"].view(n, 1, 1)
        distance = torch.sqrt((columns - cx) ** 2 + (rows - s["centerY"]) ** 2)
        at = torch.stack([columns + columns * distance**gamma, rows + rows * distance**gamma], -1)
        return torch.nn.functional.grid_sample(x, at, align_corners=True)

    def thin_plate(x, p, s):
        n = x.shape[0]
        source = tensor(x, [[-1, -1], [-1, 1], [1, -1], [1, 1], [0, 0]]).expand(n, -1, -1)
        destination = p["destination"].view(n, 5, 2)
        # As RandomThinPlateSpline has it: what is looked up goes from the destination.
        weights, linear = transform.get_tps_transform(destination, source)
        return transform.warp_image_tps(x, source, weights, linear, align_corners=True)

    def elastic(x, p, s):
        noise = p["noise"].view(x.shape[0], 2, *x.shape[-2:])
        size, sigma = (s["kernelSize"],) * 2, (float(s["sigma"]),) * 2
        alpha = (float(s["alphaX"]), float(s["alphaY"]))
        return transform.elastic_transform2d(x, noise, size, sigma, alpha, align_corners=True)

    def mixup(x, p, s):
        share = p["lambda"].view(-1, 1, 1, 1)
        return x * share + x.roll(-1, 0) * (1 - share)

    def erasing(x, p, s):
        # What RandomErasing does with its parameters.
        box = [torch.full((x.shape[0],), s[key], device=x.device) for key in ("x", "y", "width", "height")]
        mask = kornia.geometry.bbox.bbox_to_mask(
            kornia.geometry.bbox.bbox_generator(*box), x.shape[-1], x.shape[-2]
        ).unsqueeze(1)
        return torch.where(mask == 1, p["value"].view(-1, 1, 1, 1).expand_as(x), x)

    def motion(x, p, s):
        angle = torch.full_like(number(p["direction"]), s["angle"])
        return filters.motion_blur(x, s["kernelSize"], angle, number(p["direction"]), "constant", "bilinear")

    def bilateral(x, p, s):
        return filters.bilateral_blur(x, s["kernelSize"], s["sigmaColor"], (s["sigmaSpace"],) * 2)

    def clahe(x, p, s):
        return enhance.equalize_clahe(x, float(s["clipLimit"]), (8, 8))

    def scaled(x, p, s):
        return transform.scale(x, down(p["down"], s["x"]))

    def warped(x, p, s):
        return transform.warp_perspective(x, p["matrix"].view(-1, 3, 3), x.shape[-2:])

    return {
        "brightness": factor(enhance.adjust_brightness_accumulative),
        "brightnessShift": factor(enhance.adjust_brightness, "shift"),
        "contrast": factor(enhance.adjust_contrast),
        "contrastAboutMean": factor(enhance.adjust_contrast_with_mean_subtraction),
        "saturation": factor(enhance.adjust_saturation_with_gray_subtraction),
        "hsvSaturation": factor(enhance.adjust_saturation),
        "hue": lambda x, p, s: enhance.adjust_hue(x, number(p["turns"]) * 2 * math.pi),
        "gamma": factor(enhance.adjust_gamma, "gamma"),
        "invert": plain(lambda x: enhance.invert(x, tensor(x, 1.0))),
        "grayscale": plain(lambda x: color.rgb_to_grayscale(x).expand_as(x)),
        "normalize": moments(enhance.normalize),
        "denormalize": moments(enhance.denormalize),
        "solarize": lambda x, p, s: enhance.solarize(x, s["threshold"], number(p["addition"])),
        "rgbToLinearRgb": plain(color.rgb_to_linear_rgb),
        "rgbToXyz": plain(color.rgb_to_xyz),
        "rgbToLab": plain(color.rgb_to_lab),
        "rgbToLuv": plain(color.rgb_to_luv),
        "rgbToYcbcr": plain(color.rgb_to_ycbcr),
        "rgbToYuv": plain(color.rgb_to_yuv),
        "sepia": plain(lambda x: color.sepia_from_rgb(x, rescale=False)),
        "adjustSigmoid": lambda x, p, s: enhance.adjust_sigmoid(x, s["cutoff"], s["gain"]),
        "autocontrast": autocontrast,
        "equalize": plain(enhance.equalize),
        "clahe": clahe,
        "jpeg": factor(enhance.jpeg_codec_differentiable, "quality"),
        "gaussianBlur": lambda x, p, s: filters.gaussian_blur2d(x, s["kernelSize"], pair(p["sigma"])),
        "boxBlur": lambda x, p, s: filters.box_blur(x, s["kernelSize"], separable=True),
        "medianBlur": lambda x, p, s: filters.median_blur(x, s["kernelSize"]),
        "bilateralBlur": bilateral,
        "unsharpMask": lambda x, p, s: filters.unsharp_mask(x, s["kernelSize"], pair(p["sigma"])),
        "motionBlur": motion,
        "sharpness": factor(enhance.sharpness),
        "laplacian": lambda x, p, s: filters.laplacian(x, s["kernelSize"]),
        "sobel": plain(filters.sobel),
        "filter2d": lambda x, p, s: filters.filter2d(x, tensor(x, s["kernel"]).unsqueeze(0).float()),
        "dilation": morphed(morphology.dilation),
        "erosion": morphed(morphology.erosion),
        "opening": morphed(morphology.opening),
        "closing": morphed(morphology.closing),
        "morphologicalGradient": morphed(morphology.gradient),
        "topHat": morphed(morphology.top_hat),
        "bottomHat": morphed(morphology.bottom_hat),
        "horizontalFlip": plain(transform.hflip),
        "verticalFlip": plain(transform.vflip),
        "rotate": factor(transform.rotate, "angle"),
        "translate": lambda x, p, s: transform.translate(x, down(p["down"], s["x"])),
        "scale": scaled,
        "shear": lambda x, p, s: transform.shear(x, down(p["down"].deg2rad().tan(), 0.0), align_corners=True),
        "warpAffine": lambda x, p, s: transform.warp_affine(x, p["matrix"].view(-1, 2, 3), x.shape[-2:]),
        "warp": warped,
        "fisheye": fisheye,
        "thinPlateSpline": thin_plate,
        "elastic": elastic,
        "mixup": mixup,
        "erasing": erasing,
    }


class Transforms(dict):
    """The works of an engine that are single transforms: a function of the images and the parameters for each."""

    def __init__(self, functions):
        super().__init__()
        for name, entry in table().items():
            settings = entry.get("settings", {})
            self[EVERY + name] = self._of(functions, name, settings)

    @staticmethod
    def _of(functions, name, settings):
        def work(x, p):
            if name not in functions:
                raise Missing(f"it has no {name}")
            return functions[name](x, p, settings)

        return work
